# Plays SCENARIO in the empty folder SCRATCH with TOOL and with the programs in PROGRAMS, named <PREFIX><name><SUFFIX>.
# Its lines:
#
#   # a remark
#   $ name argument 'another argument'     runs a program; $ stet ... runs TOOL, $ cmake ... runs CMake
#   $ COLUMNS=40 name argument             with this in its environment
#   $ name argument < file                 with the file as its standard input
#   > a regular expression                 the next line that it prints
#   ! a regular expression                 the next line that it prints on standard error
#   = 1                                    its exit status, if that is not 0
#   + file text                            makes a file that holds the text
#
# Everything a program prints must be expected; a command without a line `>` may print what it likes if it succeeds.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/compare_lines.cmake)

unset(ENV{COLUMNS}) # texts are as wide as they are without a terminal
file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})

# Runs the command that was read, now that all that is expected of it is known.
macro(run_command)
    if(NOT command STREQUAL "")
        separate_arguments(words UNIX_COMMAND "${command}")
        set(before "")
        set(input "")
        list(POP_FRONT words name)
        if(name MATCHES "^[A-Z_]+=")
            set(before ${CMAKE_COMMAND} -E env ${name})
            list(POP_FRONT words name)
        endif()
        list(FIND words "<" at)
        if(at GREATER -1)
            math(EXPR file "${at} + 1")
            list(GET words ${file} file)
            list(SUBLIST words 0 ${at} words)
            set(input INPUT_FILE ${file})
        endif()
        if(name STREQUAL "cmake")
            set(program ${CMAKE_COMMAND})
        elseif(name STREQUAL "stet")
            set(program ${TOOL})
        else()
            set(program ${PROGRAMS}/${PREFIX}${name}${SUFFIX})
        endif()
        execute_process(
            COMMAND ${before} ${program} ${words}
            WORKING_DIRECTORY ${SCRATCH}
            ${input}
            RESULT_VARIABLE result
            OUTPUT_VARIABLE printed
            ERROR_VARIABLE complaint
        )
        message(STATUS "$ ${command}\n${printed}${complaint}")
        if(NOT result STREQUAL status)
            message(FATAL_ERROR "exit: ${result}, expected ${status}")
        endif()
        if(NOT expected STREQUAL "" OR NOT status STREQUAL "0")
            compare_lines("$ ${command}: output" "${expected}" "${printed}")
        endif()
        compare_lines("$ ${command}: standard error" "${expected_complaint}" "${complaint}")
    endif()
    set(command "")
    set(expected "")
    set(expected_complaint "")
    set(status 0)
endmacro()

file(READ ${SCENARIO} lines)
set(command "")
run_command()
while(NOT lines STREQUAL "")
    take_line(lines line)
    if(line MATCHES "^[$] (.*)")
        set(next "${CMAKE_MATCH_1}")
        run_command()
        set(command "${next}")
    elseif(line MATCHES "^>( (.*))?$")
        string(APPEND expected "${CMAKE_MATCH_2}\n")
    elseif(line MATCHES "^! (.*)")
        string(APPEND expected_complaint "${CMAKE_MATCH_1}\n")
    elseif(line MATCHES "^= (.*)")
        set(status "${CMAKE_MATCH_1}")
    elseif(line MATCHES "^[+] ([^ ]+) ?(.*)")
        set(path "${CMAKE_MATCH_1}")
        set(text "${CMAKE_MATCH_2}")
        run_command()
        file(WRITE ${SCRATCH}/${path} "${text}")
    elseif(NOT line MATCHES "^(#.*)?$")
        message(FATAL_ERROR "${SCENARIO}: cannot make sense of '${line}'")
    endif()
endwhile()
run_command()
