/*
 * The first instructions of init: hold every signal, then do what every
 * program does. A signal that comes before this is lost, because the kernel
 * drops what a PID 1 has neither blocked nor asked for; so nothing may stand
 * before it, not even libc. Saves the inherited mask (init/start.h).
 */
	.globl	init_start
	.type	init_start, @function
init_start:
	movq	%rdx, %r12		/* for glibc: what to call at exit */
	movl	$14, %eax		/* rt_sigprocmask */
	movl	$2, %edi		/* SIG_SETMASK */
	leaq	every_signal(%rip), %rsi
	leaq	start_mask(%rip), %rdx
	movl	$8, %r10d
	syscall
	movq	%r12, %rdx
	jmp	_start

	.section .rodata
	.balign	8
every_signal:
	.quad	-1
	.section .note.GNU-stack, "", @progbits
