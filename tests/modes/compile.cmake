# Compiles SOURCE, without producing code, beside two headers written from what is on disk now:
#     standard_headers.hpp   every standard or system header the library includes
#     all_headers.hpp        every header of the library, in reverse alphabetical order, guards at work or not
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
file(GLOB_RECURSE headers RELATIVE ${ROOT}/include ${ROOT}/include/stet/*.hpp)
file(GLOB_RECURSE bodies RELATIVE ${ROOT}/include ${ROOT}/include/stet/*.ipp)
list(SORT headers ORDER DESCENDING)

set(standard)
set(ours "")
foreach(header IN LISTS headers bodies)
    file(STRINGS ${ROOT}/include/${header} lines REGEX "^ *# *include *<")
    foreach(line IN LISTS lines)
        string(REGEX MATCH "<[^>]+>" name "${line}")
        list(APPEND standard ${name})
    endforeach()
    if(header MATCHES "\\.hpp$" AND (exceptions_and_rtti OR NOT header MATCHES "^stet/interop/"))
        string(APPEND ours "#include <${header}>\n")
    endif()
endforeach()

list(REMOVE_DUPLICATES standard)
list(SORT standard)
set(text "")
# Some belong to other systems, and clang brings the headers of compilers and processors that it is not at work for.
set(only_where_<intrin.h> "defined(_MSC_VER)")
set(only_where_<arm_neon.h> "defined(__ARM_NEON)")
set(only_where_<arm_acle.h> "defined(__ARM_ACLE)")
foreach(name IN LISTS standard)
    set(also "")
    if(DEFINED only_where_${name})
        set(also " && ${only_where_${name}}")
    endif()
    string(APPEND text "#if __has_include(${name})${also}\n#include ${name}\n#endif\n")
endforeach()
file(WRITE ${SCRATCH}/standard_headers.hpp "${text}")
file(WRITE ${SCRATCH}/all_headers.hpp "${ours}")

execute_process(
    COMMAND ${compiler} -std=${STANDARD} ${flags} ${MORE} -I${ROOT}/include -I${SCRATCH} -fsyntax-only ${SOURCE}
    RESULT_VARIABLE result
    ERROR_VARIABLE output
)
if(NOT result EQUAL 0)
    message(NOTICE "${output}")
    message(FATAL_ERROR "does not compile")
endif()
