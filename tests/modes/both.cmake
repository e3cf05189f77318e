# Header-only, compiled once, and both in one program, with a static and with a shared library: each links, runs, and
# writes the same bytes. Both modes share their types and names, so that one definition of a function serves all.
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})
set(here ${ROOT}/tests/modes)

function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        string(JOIN " " command ${ARGN})
        message(FATAL_ERROR "${result} from: ${command}\n${output}")
    endif()
endfunction()

# Hidden is all that has no mark, as in many engines; position independent, so that one object serves both libraries.
set(common ${flags} -std=c++20 -I${ROOT}/include -O0 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden)
run(${compiler} ${common} -DWRITTEN=from_headers -c ${here}/written.cpp -o ${SCRATCH}/from_headers.o)
run(${compiler} ${common} -DWRITTEN=compiled -DSTET_HEADER_ONLY=0 -c ${here}/written.cpp -o ${SCRATCH}/compiled.o)
run(${compiler} ${common} -DSTET_HEADER_ONLY=0 -DSTET_SHARED -c ${ROOT}/include/stet/stet.cpp -o ${SCRATCH}/stet.o)
run(${compiler} -shared -pthread ${SCRATCH}/stet.o -o ${SCRATCH}/libstet.so)

function(check program modes)
    list(TRANSFORM modes TOUPPER OUTPUT_VARIABLE definitions)
    list(TRANSFORM definitions PREPEND -D)
    set(objects ${modes})
    list(TRANSFORM objects REPLACE "(.+)" "${SCRATCH}/\\1.o")
    run(${compiler} ${flags} -std=c++20 -pthread ${definitions} ${here}/both.cpp ${objects} ${ARGN}
        -o ${SCRATCH}/${program}
    )
    set(folder ${SCRATCH}/written_by_${program})
    file(MAKE_DIRECTORY ${folder}/from_headers ${folder}/compiled)
    run(${SCRATCH}/${program} ${folder})
    foreach(mode IN LISTS modes)
        file(GLOB_RECURSE names RELATIVE ${folder}/${mode} ${folder}/${mode}/*)
        if(NOT names STREQUAL "a/model_00001_.safetensors;again.safetensors;sdxl.safetensors")
            message(FATAL_ERROR "${program}, ${mode}: wrote ${names}")
        endif()
        foreach(name IN LISTS names)
            file(SHA256 ${folder}/${mode}/${name} hash)
            file(SHA256 ${SCRATCH}/written_by_header_only/from_headers/${name} wanted)
            if(NOT hash STREQUAL wanted)
                message(FATAL_ERROR "${program}, ${mode}: ${name} has other bytes")
            endif()
        endforeach()
    endforeach()
endfunction()
check(header_only "from_headers")
check(static "compiled" ${SCRATCH}/stet.o)
check(shared "compiled" ${SCRATCH}/libstet.so)
check(mixed_static "from_headers;compiled" ${SCRATCH}/stet.o)
check(mixed_shared "from_headers;compiled" ${SCRATCH}/libstet.so)

# That the definition is there is what it takes; without it nothing is silently empty.
execute_process(
    COMMAND ${compiler} ${flags} -std=c++20 -DCOMPILED ${here}/both.cpp ${SCRATCH}/compiled.o -o ${SCRATCH}/without
    RESULT_VARIABLE result
    ERROR_QUIET
)
if(result EQUAL 0)
    message(FATAL_ERROR "a program without the compiled functions links")
endif()
