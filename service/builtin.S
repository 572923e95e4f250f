/* The demo preset, its denied words, the systems of a new directory and the holidays, carried inside the program. */
    .section .rodata
    .global congvu_policy
    .global congvu_policy_end
congvu_policy:
    .incbin POLICY_FILE
congvu_policy_end:
    .byte 0
    .global congvu_deny
    .global congvu_deny_end
congvu_deny:
    .incbin DENY_FILE
congvu_deny_end:
    .byte 0
    .global congvu_systems
    .global congvu_systems_end
congvu_systems:
    .incbin SYSTEMS_FILE
congvu_systems_end:
    .byte 0
    .global congvu_holidays
    .global congvu_holidays_end
congvu_holidays:
    .incbin HOLIDAYS_FILE
congvu_holidays_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
