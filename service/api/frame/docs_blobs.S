/* The contract as JSON, as YAML and as a page. */
    .section .rodata
    .global api_json
    .global api_json_end
api_json:
    .incbin JSON_FILE
api_json_end:
    .byte 0
    .global api_yaml
    .global api_yaml_end
api_yaml:
    .incbin YAML_FILE
api_yaml_end:
    .byte 0
    .global api_html
    .global api_html_end
api_html:
    .incbin HTML_FILE
api_html_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
