/* The console's files and their compressed copies; empty where it was left out. */
    .macro blob name file
    .global \name
    .global \name\()_end
\name:
    .incbin "\file"
\name\()_end:
    .byte 0
    .endm
    .section .rodata
    blob console_html console.html
    blob console_html_gz console.html.gz
    blob console_js console.js
    blob console_js_gz console.js.gz
    blob console_css console.css
    blob console_css_gz console.css.gz
    .section .note.GNU-stack,"",%progbits
