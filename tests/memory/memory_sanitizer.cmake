# Builds the test programs for clang's memory sanitizer: with the headers in this folder for Catch2, and with what tells
# the sanitizer about the standard library.
set(memory ${CMAKE_CURRENT_LIST_DIR})

add_compile_options(
    -fsanitize=memory -fsanitize-memory-track-origins -fsanitize-ignorelist=${memory}/uninstrumented.txt
)
# With its driver for C++ clang links an operator new that a program cannot replace.
add_link_options(
    -fsanitize=memory --driver-mode=gcc -Wl,--export-dynamic,--version-script=${memory}/hidden_symbols.map
)
add_library(stet_standard_library OBJECT ${memory}/standard_library.cpp)
target_compile_features(stet_standard_library PRIVATE cxx_std_20)
link_libraries($<$<LINK_LANGUAGE:CXX>:$<TARGET_OBJECTS:stet_standard_library>> stdc++ m)

add_library(stet_test_cases INTERFACE)
add_library(Catch2::Catch2WithMain ALIAS stet_test_cases)
target_sources(stet_test_cases INTERFACE ${memory}/run_cases.cpp)
target_include_directories(stet_test_cases INTERFACE ${memory})
target_compile_options(stet_test_cases INTERFACE -w) # what the configuration clang warns of is enough

# All test cases of a program are one test.
function(catch_discover_tests program)
    cmake_parse_arguments(PARSE_ARGV 1 given "" TEST_PREFIX "TEST_SPEC;PROPERTIES")
    add_test(NAME ${given_TEST_PREFIX}all COMMAND ${program})
    set_tests_properties(${given_TEST_PREFIX}all PROPERTIES ${given_PROPERTIES})
endfunction()
