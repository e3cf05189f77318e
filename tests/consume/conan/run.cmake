# Conan makes a package of the tree and builds a program with it, without any remote; an older C++ is refused.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
file(COPY ${CMAKE_CURRENT_LIST_DIR}/test_package DESTINATION ${SCRATCH})
file(COPY ${consume}/main.cpp DESTINATION ${SCRATCH}/test_package)
set(ENV{CONAN_HOME} ${SCRATCH}/home)
set(ENV{CXX} ${compiler})
run(${CONAN} profile detect)
set(create ${CONAN} create ${ROOT}/.packaging/conan -nr -tf ${SCRATCH}/test_package)
run(${create} -s compiler.cppstd=20)
file(GLOB_RECURSE packaged ${SCRATCH}/home/p/b/*/p/include/stet/*)
file(GLOB_RECURSE headers RELATIVE ${ROOT}/include ${ROOT}/include/*.hpp ${ROOT}/include/*.ipp ${ROOT}/include/*.cpp)
list(LENGTH packaged packaged_count)
list(LENGTH headers count)
if(NOT packaged_count EQUAL count)
    message(FATAL_ERROR "${packaged_count} files are packaged, of ${count}")
endif()
execute_process(
    COMMAND ${create} -s compiler.cppstd=17
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output
)
if(result EQUAL 0 OR NOT output MATCHES "Current cppstd \\(17\\) is lower")
    message(FATAL_ERROR "C++17 was asked for, and this was said: ${output}")
endif()
