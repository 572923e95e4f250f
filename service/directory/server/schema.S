/* The schema as bytes inside the binary, so that congvud can write it for its own slapd. */
        .section .rodata
        .global dir_schema_text
dir_schema_text:
        .incbin SCHEMA_FILE
        .byte 0
        .section .note.GNU-stack,"",%progbits
