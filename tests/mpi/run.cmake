# The example for MPI, compiled by MPI's compiler and run by four ranks: together they write what a plain save writes,
# and one that is killed meanwhile leaves no checkpoint; the next run removes its unfinished file. Run by cmake -P.
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})

# As root it starts when told twice, and more ranks than cores when it is told so.
set(ENV{OMPI_ALLOW_RUN_AS_ROOT} 1)
set(ENV{OMPI_ALLOW_RUN_AS_ROOT_CONFIRM} 1)
set(ENV{OMPI_MCA_rmaps_base_oversubscribe} 1)
set(ENV{OMPI_CXX} ${compiler})
set(ENV{MPICH_CXX} ${compiler})

execute_process(
    COMMAND ${MPICXX} -std=c++20 -Wall -Wextra -Werror -DOMPI_SKIP_MPICXX -I${ROOT}/include
            ${ROOT}/examples/mpi/mpi_ranks.cpp -o ${SCRATCH}/mpi_ranks -pthread
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "the example does not compile: ${output}")
endif()

function(run_ranks result output)
    execute_process(
        COMMAND ${MPIRUN} -n 4 ${SCRATCH}/mpi_ranks ${ARGN}
        WORKING_DIRECTORY ${SCRATCH}
        RESULT_VARIABLE outcome
        OUTPUT_VARIABLE printed
        ERROR_VARIABLE complaints
        TIMEOUT 120
    )
    set(${result} ${outcome} PARENT_SCOPE)
    set(${output} "${printed}" PARENT_SCOPE)
    set(complaints "${complaints}" PARENT_SCOPE)
endfunction()

run_ranks(result output --die 2)
if(result EQUAL 0)
    message(FATAL_ERROR "a rank was killed, and nobody noticed: ${output}")
endif()
file(GLOB left RELATIVE ${SCRATCH} ${SCRATCH}/*.safetensors)
if(left)
    message(FATAL_ERROR "a rank was killed, and there is a checkpoint: ${left}")
endif()

run_ranks(result output)
set(expected "together.safetensors: 17204 bytes by 4 ranks in 195 pieces, equal to a plain save
a set of 4 files, 16796 bytes of tensors
")
if(NOT result EQUAL 0 OR NOT output STREQUAL expected)
    message(FATAL_ERROR "ended with ${result}, printed\n${output}instead of\n${expected}${complaints}")
endif()
file(GLOB files RELATIVE ${SCRATCH} ${SCRATCH}/*.safetensors ${SCRATCH}/*.part)
list(LENGTH files count)
if(NOT count EQUAL 5)
    message(FATAL_ERROR "wrote ${files}")
endif()
