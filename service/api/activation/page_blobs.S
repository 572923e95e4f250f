/* The page of activation, its script and its style. */
    .macro blob name file
    .global \name
    .global \name\()_end
\name:
    .incbin "\file"
\name\()_end:
    .byte 0
    .endm
    .section .rodata
    blob activation_html index.html
    blob activation_js app.js
    blob activation_css app.css
    .section .note.GNU-stack,"",%progbits
