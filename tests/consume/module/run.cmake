# A program imports the library: from the tree, with the functions compiled once, and from an installed copy, with what
# the headers bring along. README's first program saves the bytes it saves with the headers.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
set(CMAKE_COMMAND ${NEWEST})
set(compiler ${CLANG})

file(READ ${ROOT}/README.md readme)
if(NOT readme MATCHES "```cpp\n(#include <stet/stet.hpp>\n[^`]*)```")
    message(FATAL_ERROR "README.md begins with no program")
endif()
set(program "${CMAKE_MATCH_1}")
file(WRITE ${SCRATCH}/included/saves.cpp "${program}")
string(REPLACE "#include <stet/stet.hpp>\n" "" program "${program}")
string(REPLACE "\nint main()" "\nimport stet;\n\nint main()" imports "${program}")
if(imports STREQUAL program)
    message(FATAL_ERROR "README.md's program has no main() that an import can stand before")
endif()
file(WRITE ${SCRATCH}/consumer/saves.cpp "${imports}")
file(COPY ${CMAKE_CURRENT_LIST_DIR}/CMakeLists.txt ${CMAKE_CURRENT_LIST_DIR}/faces.cpp DESTINATION ${SCRATCH}/consumer)

function(saved_by program result)
    file(REMOVE_RECURSE ${SCRATCH}/ran)
    file(MAKE_DIRECTORY ${SCRATCH}/ran)
    run(${CMAKE_COMMAND} -E chdir ${SCRATCH}/ran ${program})
    file(SHA256 ${SCRATCH}/ran/output/checkpoints/ComfyUI_00001_.safetensors hash)
    set(${result} ${hash} PARENT_SCOPE)
endfunction()

run(${compiler} -std=c++20 -I${ROOT}/include ${SCRATCH}/included/saves.cpp -o ${SCRATCH}/included/saves)
saved_by(${SCRATCH}/included/saves expected)

install_copy()
set(tree -DSTET_ROOT=${ROOT})
set(installed -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix -DSTET_SHARE=${SCRATCH}/prefix/share/stet)
foreach(from tree installed)
    run(${CMAKE_COMMAND} -S ${SCRATCH}/consumer -B ${SCRATCH}/${from} -G Ninja -DCMAKE_CXX_COMPILER=${compiler} ${${from}})
    run(${CMAKE_COMMAND} --build ${SCRATCH}/${from})
    run(${SCRATCH}/${from}/faces)
    saved_by(${SCRATCH}/${from}/saves hash)
    if(NOT hash STREQUAL expected)
        message(FATAL_ERROR "${from}: with the module other bytes are saved")
    endif()
endforeach()

# What cannot be done is said.
file(WRITE ${SCRATCH}/old/CMakeLists.txt
     "cmake_minimum_required(VERSION 3.22)\nproject(old LANGUAGES CXX)\nset(STET_BUILD_MODULE ON)\nset(CMAKE_VERSION 3.27.0)\nadd_subdirectory(${ROOT} stet)\n"
)
execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${SCRATCH}/old -B ${SCRATCH}/old/build -G Ninja -DCMAKE_CXX_COMPILER=${compiler}
    RESULT_VARIABLE result
    ERROR_VARIABLE output
    OUTPUT_QUIET
)
if(result EQUAL 0 OR NOT output MATCHES "STET_BUILD_MODULE takes CMake 3.28 or newer")
    message(FATAL_ERROR "an older CMake is to make the module, and this was said: ${output}")
endif()
