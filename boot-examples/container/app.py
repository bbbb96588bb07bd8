"""Counts visits in redis, by the few bytes of its protocol that takes."""
import http.server
import socket


def count():
    with socket.socket(socket.AF_UNIX) as redis:
        redis.connect("/run/redis.sock")
        redis.sendall(b"INCR visits\r\n")
        return redis.makefile().readline()[1:].strip()


class Visits(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"visit {count()}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("127.0.0.1", 8000), Visits).serve_forever()
