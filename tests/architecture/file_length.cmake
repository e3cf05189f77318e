# No header grows past what can be read in one sitting. Run by cmake -P.
cmake_minimum_required(VERSION 3.25)

set(most_lines 400)

set(library ${ROOT}/include/stet)
file(GLOB_RECURSE headers RELATIVE ${library} ${library}/*.hpp)
set(wrong "")
foreach(header IN LISTS headers)
    file(READ ${library}/${header} text)
    # Counted by length: a CMake list would merge lines that hold brackets.
    string(REGEX REPLACE "[^\n]+" "" text "${text}")
    string(LENGTH "${text}" count)
    if(count GREATER most_lines)
        string(APPEND wrong "${header}: ${count} lines, ${most_lines} at most\n")
    endif()
endforeach()
if(wrong)
    message(FATAL_ERROR "${wrong}")
endif()
