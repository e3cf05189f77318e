# Costly or unwanted standard headers, and words that need exceptions or RTTI. Run by cmake -P.
cmake_minimum_required(VERSION 3.25)

set(headers_everywhere
    chrono filesystem format fstream functional iomanip iostream locale memory_resource ranges regex sstream windows.h
)
set(words_outside_interop abort dynamic_cast throw typeid)

set(library ${ROOT}/include/stet)
file(GLOB_RECURSE headers RELATIVE ${library} ${library}/*.hpp ${library}/*.ipp)
list(JOIN headers_everywhere "|" forbidden_headers)
string(REPLACE "." "\\." forbidden_headers "${forbidden_headers}")
list(JOIN words_outside_interop "|" forbidden_words)
set(wrong "")
foreach(header IN LISTS headers)
    file(READ ${library}/${header} text)
    if(text MATCHES "#[ \t]*include[ \t]*[<\"]((${forbidden_headers})[>\"])")
        string(APPEND wrong "${header}: includes ${CMAKE_MATCH_2}\n")
    endif()
    if(header MATCHES "^interop/")
        continue()
    endif()
    # Only code counts: character and string literals go first, since they may hold comment marks.
    string(REGEX REPLACE "'(\\\\.|[^'\\\n])'" "" text "${text}")
    string(REGEX REPLACE "\"(\\\\.|[^\"\\\n])*\"" "" text "${text}")
    string(REGEX REPLACE "//[^\n]*" "" text "${text}")
    string(REGEX REPLACE "/\\*([^*]|\\*+[^*/])*\\*+/" "" text "${text}")
    if(text MATCHES "(^|[^A-Za-z0-9_])(${forbidden_words})([^A-Za-z0-9_]|$)")
        string(APPEND wrong "${header}: uses ${CMAKE_MATCH_2}\n")
    endif()
endforeach()
if(wrong)
    message(FATAL_ERROR "${wrong}")
endif()
