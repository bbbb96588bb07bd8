/*
 * The first instructions of init on 64-bit ARM: see start_x86_64.S.
 */
	.globl	init_start
	.type	init_start, %function
init_start:
	mov	x19, x0			/* for glibc: what to call at exit */
	mov	x8, #135		/* rt_sigprocmask */
	mov	x0, #2			/* SIG_SETMASK */
	adrp	x1, every_signal
	add	x1, x1, :lo12:every_signal
	adrp	x2, start_mask
	add	x2, x2, :lo12:start_mask
	mov	x3, #8
	svc	#0
	mov	x0, x19
	b	_start

	.section .rodata
	.balign	8
every_signal:
	.quad	-1
	.section .note.GNU-stack, "", %progbits
