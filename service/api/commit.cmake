# Writes the header that names the commit; touches it only when that is another one.
cmake_policy(VERSION 3.25)
if(NOT COMMIT)
    execute_process(COMMAND git describe --always --dirty --abbrev=12 --exclude=* WORKING_DIRECTORY ${SOURCE}
        OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT COMMIT)
    set(COMMIT unknown)
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define CONGVU_COMMIT \"@COMMIT@\"\n" @ONLY)
