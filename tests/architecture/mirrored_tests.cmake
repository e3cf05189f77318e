# Every header has a unit test of the same name in the mirrored folder. Run by cmake -P.
cmake_minimum_required(VERSION 3.25)

# The faces hold nothing but includes; which, faces.cmake looks at.
set(without_test all.hpp carry.hpp casts.hpp comfyui.hpp diff.hpp edit.hpp filling.hpp hashes.hpp merge.hpp metadata.hpp quantised.hpp read.hpp read_plan.hpp shards.hpp signing.hpp split.hpp stet.hpp writers.hpp fwd.hpp vocabulary/version.hpp)

set(library ${ROOT}/include/stet)
file(GLOB_RECURSE headers RELATIVE ${library} ${library}/*.hpp)
set(wrong "")
foreach(header IN LISTS headers)
    if(header IN_LIST without_test)
        continue()
    endif()
    string(REGEX REPLACE "\\.hpp$" ".test.cpp" test ${header})
    if(NOT EXISTS ${ROOT}/tests/unit/${test})
        string(APPEND wrong "${header}: tests/unit/${test} is missing\n")
    endif()
endforeach()
if(wrong)
    message(FATAL_ERROR "${wrong}")
endif()
