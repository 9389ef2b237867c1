/* The packed web interface as bytes of the program; embedded_pack.h names them. */
    .section .rodata
    .balign 16
    .globl tarn_webui_pack_begin
    .globl tarn_webui_pack_end
tarn_webui_pack_begin:
    .incbin TARN_WEBUI_PACK
tarn_webui_pack_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
