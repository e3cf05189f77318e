# Makes one file of a face and all it needs, to copy into a tree:
#     cmake -DFACE=stet.hpp -DRESULT=stet.hpp -P .packaging/single_header.cmake
# FACE is a header of include/stet: stet.hpp, the writer, where nothing is said; all.hpp; read.hpp. COMMIT is what stands on
# top of the file where git cannot be asked. The same commit gives the same bytes.
#
# Comments and most blanks stay in the tree, except with -DCOMMENTS=ON: a file to compile, of two thirds of the size.
#
# All declarations come first, in the order in which a compiler meets them, then all bodies under one `#if STET_BODIES`:
# what only a body includes must not hide, in that block, what a declaration needs.
cmake_minimum_required(VERSION 3.22)

get_filename_component(root ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
set(library ${root}/include/stet)
if(NOT DEFINED FACE)
    set(FACE stet.hpp)
endif()
if(NOT DEFINED RESULT OR NOT EXISTS ${library}/${FACE})
    message(FATAL_ERROR "call it with -DFACE=<a header of include/stet> -DRESULT=<the file to write> -P <this script>")
endif()
if(NOT DEFINED COMMIT)
    execute_process(
        COMMAND git -C ${root} describe --always --dirty --abbrev=40 --exclude=*
        OUTPUT_VARIABLE COMMIT
        OUTPUT_STRIP_TRAILING_WHITESPACE
        ERROR_QUIET
    )
    if(NOT COMMIT)
        set(COMMIT unknown)
    endif()
endif()

# What a CMake list takes for its own, and C++ is full of, is put as other characters while a text is a list of lines.
string(ASCII 1 semicolon)
string(ASCII 2 opening)
string(ASCII 3 closing)
string(ASCII 4 backslash)
string(ASCII 5 kept_end) # stands at the end of a line that must not be joined with the next

function(protect text result)
    string(REPLACE ";" "${semicolon}" text "${text}")
    string(REPLACE "[" "${opening}" text "${text}")
    string(REPLACE "]" "${closing}" text "${text}")
    string(REPLACE "\\" "${backslash}" text "${text}")
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

function(restore text result)
    string(REPLACE "${backslash}" "\\" text "${text}")
    string(REPLACE "${closing}" "]" text "${text}")
    string(REPLACE "${opening}" "[" text "${text}")
    string(REPLACE "${semicolon}" ";" text "${text}")
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

set(guard "#ifndef (STET_[A-Z0-9_]+_HPP)\n(#define STET_[A-Z0-9_]+_HPP\n)")

# A file's text without its licence line and guard; what the guard defines stays, so that a header of the tree that is
# included later finds that its declarations are there.
function(read_text file result)
    file(READ ${library}/${file} text)
    protect("${text}" text)
    string(REGEX REPLACE "^// SPDX-License-Identifier: MIT\n" "" text "${text}")
    string(REGEX REPLACE "// IWYU pragma: (begin|end)_exports\n" "" text "${text}")
    if(file MATCHES "\\.hpp$")
        string(REGEX MATCHALL "${guard}" guards "${text}")
        list(LENGTH guards count)
        if(NOT count EQUAL 1 OR NOT text MATCHES "\n#endif\n$")
            message(FATAL_ERROR "${file}: one guard is expected, around all of it")
        endif()
        string(REGEX REPLACE "${guard}" "\\2" text "${text}")
        string(REGEX REPLACE "#endif\n$" "" text "${text}")
    endif()
    set(several "#if STET_BODIES\n#include (\"[^\"\n]+\")\n#include")
    while(text MATCHES "${several}")
        string(REGEX REPLACE "${several}" "#bodies \\1\n#if STET_BODIES\n#include" text "${text}")
    endwhile()
    set(several "#if STET_BODIES\n#include (\"[^\"\n]+\")\n#include")
    while(text MATCHES "${several}")
        string(REGEX REPLACE "${several}" "#bodies \\1\n#if STET_BODIES\n#include" text "${text}")
    endwhile()
    string(REGEX REPLACE "#if STET_BODIES\n#include (\"[^\"\n]+\")\n#endif\n" "#bodies \\1\n" text "${text}")
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

# The conditions under which a line is compiled, as far as #if, #else and #endif say so.
macro(follow_conditions line)
    if(${line} MATCHES "^ *# *if(n?def)? +(.*)$")
        set(condition "${CMAKE_MATCH_2}")
        if(CMAKE_MATCH_1 STREQUAL "def")
            set(condition "defined(${condition})")
        elseif(CMAKE_MATCH_1 STREQUAL "ndef")
            set(condition "!defined(${condition})")
        endif()
        list(APPEND conditions "${condition}")
    elseif(${line} MATCHES "^ *# *elif +(.*)$")
        set(condition "${CMAKE_MATCH_1}")
        list(POP_BACK conditions)
        list(APPEND conditions "${condition}")
    elseif(${line} MATCHES "^ *# *else")
        list(POP_BACK conditions condition)
        if(condition MATCHES "^!(defined\\([A-Za-z0-9_]+\\))$")
            set(condition "${CMAKE_MATCH_1}")
        else()
            set(condition "!${condition}")
        endif()
        list(APPEND conditions "${condition}")
    elseif(${line} MATCHES "^ *# *endif")
        list(POP_BACK conditions)
    endif()
endmacro()

set(word_end "([A-Za-z0-9_)}${closing}])")
set(no_exponent "([A-DF-OQ-Za-df-oq-z0-9_)}${closing}])")
set(word_begin "([A-Za-z0-9_({!])")
set(operators "%|\\^|==|!=|<=|>=|<<|>>|&&|\\|\\||[*/&=?:<>|]|[*/|&+-]=")

# What stands for the literals of a line while its blanks go: a word, which has none.
function(put_literals_aside line result literals)
    set(found "")
    set(count 0)
    while(NOT line MATCHES "R\"" AND line MATCHES "\"([^\"${backslash}]|${backslash}.)*\"|'([^'${backslash}]|${backslash}.)+'")
        set(literal "${CMAKE_MATCH_0}")
        list(APPEND found "${literal}")
        string(FIND "${line}" "${literal}" at)
        string(LENGTH "${literal}" length)
        math(EXPR end "${at} + ${length}")
        string(SUBSTRING "${line}" 0 ${at} before)
        string(SUBSTRING "${line}" ${end} -1 after)
        set(line "${before}literal_${count}_${after}")
        math(EXPR count "${count} + 1")
    endwhile()
    set(${result} "${line}" PARENT_SCOPE)
    set(${literals} "${found}" PARENT_SCOPE)
endfunction()

function(put_literals_back line literals result)
    set(count 0)
    foreach(literal IN LISTS literals)
        string(REPLACE "literal_${count}_" "${literal}" line "${line}")
        math(EXPR count "${count} + 1")
    endforeach()
    set(${result} "${line}" PARENT_SCOPE)
endfunction()

# A line without literals and without the blanks that nothing but a reader needs.
function(squeeze line result)
    # Between operators and what is not one. A sign stays apart from what a number may end in: 0x1e - 1.
    string(REGEX REPLACE "  +" " " line "${line}")
    foreach(once_more RANGE 1)
        string(REGEX REPLACE "${word_end} (${operators}) ${word_begin}" "\\1\\2\\3" line "${line}")
        string(REGEX REPLACE "${no_exponent} ([+-]) ${word_begin}" "\\1\\2\\3" line "${line}")
    endforeach()
    string(REGEX REPLACE "(^|[^A-Za-z0-9_.'])([A-Za-z_][A-Za-z0-9_]*) ([+-]) ${word_begin}" "\\1\\2\\3\\4" line "${line}")
    string(REGEX REPLACE "> (&&|\\|\\|) ${word_begin}" ">\\1\\2" line "${line}")
    string(REGEX REPLACE "([A-Za-z0-9_]) = ([&*${opening}-])" "\\1=\\2" line "${line}")
    string(REGEX REPLACE "^: " ":" line "${line}")
    string(REGEX REPLACE "([,${semicolon}{}(${closing}]) +" "\\1" line "${line}")
    string(REGEX REPLACE " +{" "{" line "${line}")
    string(REGEX REPLACE "([>)}]) ([A-Za-z_])" "\\1\\2" line "${line}")
    string(REGEX REPLACE "([A-Za-z0-9_>][&*]+) ([A-Za-z_])" "\\1\\2" line "${line}")
    string(REGEX REPLACE "(^|[^A-Za-z0-9_])(if|for|while|switch|constexpr) \\(" "\\1\\2(" line "${line}")
    string(REPLACE "template <" "template<" line "${line}")
    set(${result} "${line}" PARENT_SCOPE)
endfunction()

# A line without comments and without the blanks that nothing but a reader needs.
function(compact line result)
    if(line MATCHES "^ *//")
        set(line "")
    elseif(NOT line MATCHES "^} // namespace ")
        # What looks like a comment and has a quotation mark on both sides may be part of a string.
        string(REGEX REPLACE "^([^\"']*[^\"' ]) +//.*$" "\\1" line "${line}")
        string(REGEX REPLACE " +//[^\"']*$" "" line "${line}")
        string(REGEX REPLACE "^ +" "" line "${line}")
        if(line MATCHES "^#|//")
            string(APPEND line "${kept_end}")
        else()
            put_literals_aside("${line}" line literals)
            if(NOT line MATCHES "[\"']")
                squeeze("${line}" line)
            endif()
            put_literals_back("${line}" "${literals}" line)
        endif()
    endif()
    set(${result} "${line}" PARENT_SCOPE)
endfunction()

# What is done with a text once it is whole: statements that begin where a line does go on the line before. After one that
# hangs on a condition none does, for compilers warn of those.
function(fill_lines text result)
    string(REPLACE "\n" ";" lines "${text}")
    set(filled "")
    set(current "")
    set(is_whole FALSE)
    foreach(line IN LISTS lines)
        string(LENGTH "${current}${line}" length)
        if(is_whole AND length LESS 2000 AND NOT line MATCHES "^#"
           AND current MATCHES "[${semicolon}}]$" AND NOT current MATCHES "^(#|(if|for|while|else|do|switch)[^A-Za-z0-9_])")
            string(APPEND current "${line}")
            continue()
        endif()
        string(APPEND filled "${current}\n")
        set(is_whole FALSE)
        string(REGEX MATCHALL "[(]" opened "${current}")
        string(REGEX MATCHALL "[)]" closed "${current}")
        list(LENGTH opened opened)
        list(LENGTH closed closed)
        if(current MATCHES "[${semicolon}{}]$" AND opened EQUAL closed AND line MATCHES "^[A-Za-z_]")
            set(is_whole TRUE)
        endif()
        set(current "${line}")
    endforeach()
    set(${result} "${filled}${current}" PARENT_SCOPE)
endfunction()

function(emit text)
    set_property(GLOBAL APPEND_STRING PROPERTY stet_text "${text}")
endfunction()

# Whether a name is met for the first time; what is met inside of a condition only is there under that condition only.
function(first_visit kind name conditions result)
    get_property(seen GLOBAL PROPERTY stet_${kind}_${name} SET)
    get_property(known GLOBAL PROPERTY stet_${kind}_${name})
    foreach(condition IN LISTS known)
        if(NOT condition IN_LIST conditions)
            message(FATAL_ERROR "${name}: seen under '${condition}', and needed where that may not hold")
        endif()
    endforeach()
    if(NOT seen)
        set_property(GLOBAL PROPERTY stet_${kind}_${name} "${conditions}")
    endif()
    if(seen)
        set(${result} FALSE PARENT_SCOPE)
    else()
        set(${result} TRUE PARENT_SCOPE)
    endif()
endfunction()

# phase `declarations` leaves the bodies out; phase `bodies` goes the same way again and emits what the first left out.
function(visit phase file conditions)
    if(file STREQUAL "vocabulary/version.hpp")
        return()
    endif()
    first_visit(${phase} ${file} "${conditions}" is_new)
    if(NOT is_new)
        return()
    endif()
    set(emits TRUE)
    if(phase STREQUAL "bodies")
        get_property(declared GLOBAL PROPERTY stet_declarations_${file} SET)
        if(declared)
            set(emits FALSE)
        elseif("hidden" IN_LIST conditions)
            message(FATAL_ERROR "${file}: its condition stands where declarations are")
        endif()
    endif()

    get_filename_component(folder ${library}/${file} DIRECTORY)
    read_text(${file} text)
    string(REPLACE "\n" ";" lines "${text}")
    set(outer "${conditions}")
    set(pending "")
    if(COMMENTS)
        set(pending "\n// ---- ${file}\n")
    endif()
    set(is_comment TRUE) # pending so far is nothing else, and what is included may go before it
    foreach(line IN LISTS lines)
        set(included "")
        if(line MATCHES "^ *# *(include|bodies) +\"([^\"]+)\"")
            get_filename_component(included ${folder}/${CMAKE_MATCH_2} ABSOLUTE)
            file(RELATIVE_PATH included ${library} ${included})
            if(CMAKE_MATCH_1 STREQUAL "bodies" AND phase STREQUAL "declarations")
                continue()
            endif()
        endif()
        if(included)
            set(inner "${conditions}")
            if(emits AND NOT is_comment)
                emit("${pending}")
                set(pending "")
            elseif(NOT emits AND NOT conditions STREQUAL outer)
                list(APPEND inner hidden)
            endif()
            visit(${phase} ${included} "${inner}")
            continue()
        endif()
        follow_conditions(line)
        if(line MATCHES "^ *# *include +<([^>]+)>" AND emits)
            get_property(is_there GLOBAL PROPERTY stet_system_${CMAKE_MATCH_1} SET)
            if(NOT conditions AND NOT is_there)
                set_property(GLOBAL PROPERTY stet_system_${CMAKE_MATCH_1} "")
                if(NOT COMMENTS) # first of all, so that namespaces go on from one file to the next
                    set_property(GLOBAL APPEND_STRING PROPERTY stet_${phase} "${line}\n")
                    continue()
                endif()
            elseif(is_there)
                continue()
            endif()
        endif()
        if(NOT line MATCHES "^(//.*|#define STET_[A-Z0-9_]+_HPP)?$")
            set(is_comment FALSE)
        endif()
        if(NOT COMMENTS)
            compact("${line}" line)
        endif()
        string(APPEND pending "${line}\n")
    endforeach()
    if(NOT conditions STREQUAL outer)
        message(FATAL_ERROR "${file}: a condition is not closed")
    endif()
    if(emits)
        emit("${pending}")
    endif()
endfunction()

# The version's own header says what is compared each time, what is defined once, and the comparison.
file(READ ${library}/vocabulary/version.hpp version)
protect("${version}" version)
if(NOT version MATCHES "^// SPDX[^\n]*\n(.*\n)#ifndef STET_VOCABULARY_VERSION_HPP\n(.*\n)#endif\n(.*)$")
    message(FATAL_ERROR "vocabulary/version.hpp is not of the form expected")
endif()
set(version_numbers "${CMAKE_MATCH_1}")
set(version_once "${CMAKE_MATCH_2}")
set(version_compared "${CMAKE_MATCH_3}")
string(REGEX MATCHALL "#define STET_VERSION_[A-Z]+ +[0-9]+" number "${version_numbers}")
string(REGEX REPLACE "[^0-9;]" "" number "${number}")
string(REPLACE ";" "." number "${number}")

foreach(phase declarations bodies)
    set_property(GLOBAL PROPERTY stet_text "")
    visit(${phase} ${FACE} "")
    get_property(${phase} GLOBAL PROPERTY stet_text)
    get_property(includes GLOBAL PROPERTY stet_${phase})
    if(NOT COMMENTS)
        string(REGEX REPLACE "(^|\n)(#include [^\n]+)" "\\1\\2${kept_end}" includes "${includes}")
    endif()
    string(PREPEND ${phase} "${includes}")
endforeach()
set(text "${declarations}\n#if STET_BODIES${kept_end}\n${bodies}\n#endif // STET_BODIES\n")
if(NOT COMMENTS)
    # What ends a namespace and what opens it again; the comment that says which is the last one left.
    string(REGEX REPLACE "\n\n+" "\n" text "${text}")
    string(REGEX REPLACE "(^|\n)namespace STET_NAMESPACE::([a-z_:]+){" "\\1namespace STET_NAMESPACE{\nnamespace \\2{" text
           "${text}"
    )
    string(REGEX REPLACE "} // namespace STET_NAMESPACE::([a-z_:]+)" "} // namespace \\1\n} // namespace STET_NAMESPACE" text
           "${text}"
    )
    foreach(name STET_NAMESPACE detail families layouts)
        string(REGEX REPLACE "} // namespace ${name}\n((#define [A-Z0-9_]+${kept_end}?\n)*)namespace ${name}{\n" "\\1" text
               "${text}"
        )
    endforeach()
    string(REGEX REPLACE "} // namespace [^\n]*" "}" text "${text}")
    # What a statement or a brace begins and the next line goes on with.
    string(REGEX REPLACE "([,({])\n([^#\n])" "\\1\\2" text "${text}")
    foreach(once_more RANGE 1)
        string(REGEX REPLACE "([^${kept_end}\n])\n([{}:?])" "\\1\\2" text "${text}")
    endforeach()
    string(REGEX REPLACE "([)>]|[^:]:)\n([A-Za-z_:])" "\\1\\2" text "${text}")
    string(REGEX REPLACE "([A-Za-z0-9_)}]) (=|&&|\\|\\|)\n([A-Za-z_(])" "\\1\\2\\3" text "${text}")
    string(REPLACE "\"\n\"" "\"\"" text "${text}")
    # What stands before each function has a shorter name while it is needed.
    string(REGEX REPLACE "(^|[^A-Za-z0-9_# ]|\n)STET_INLINE " "\\1STET_FN " text "${text}")
    string(REPLACE "\n#if STET_BODIES${kept_end}\n" "\n#if STET_BODIES${kept_end}\n#define STET_FN STET_INLINE${kept_end}\n" text "${text}")
    string(REPLACE "\n#endif // STET_BODIES" "\n#undef STET_FN\n#endif" text "${text}")
    fill_lines("${text}" text)
endif()
string(REPLACE "${kept_end}" "" text "${text}")
string(REGEX REPLACE "\n\n\n+" "\n\n" text "${text}")
restore("${version_numbers}" version_numbers)
restore("${version_once}" version_once)
restore("${version_compared}" version_compared)
restore("${text}" text)

string(TOUPPER "STET_${FACE}" face_guard)
string(REGEX REPLACE "[^A-Z0-9_]" "_" face_guard "${face_guard}")
file(READ ${root}/LICENSE licence)
string(REGEX REPLACE "\n+$" "" licence "${licence}")
string(REPLACE "\n" "\n// " licence "// ${licence}")
string(REPLACE "// \n" "//\n" licence "${licence}")

file(
    WRITE ${RESULT}
    "// SPDX-License-Identifier: MIT
// stet ${number}, commit ${COMMIT}: stet/${FACE} and all it includes, in one file.
//
// As it is, it brings its functions along. To compile them once, say STET_HEADER_ONLY=0 in the whole build and, in one
// translation unit, #define STET_IMPLEMENTATION before it is included.
//
${licence}

${version_numbers}
#ifndef ${face_guard}
#if defined(STET_VOCABULARY_CONFIG_HPP)
#error \"stet: another header of stet came before this one, which holds it, too; include this one first\"
#endif
#if defined(STET_IMPLEMENTATION) && !defined(STET_HEADER_ONLY)
#define STET_HEADER_ONLY 0
#endif

${version_once}${text}
#endif
${version_compared}"
)
