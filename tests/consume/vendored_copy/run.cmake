# The folder is copied and an include path is all the compiler is told; or a definition, and a file to compile.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
file(COPY ${ROOT}/include/stet DESTINATION ${SCRATCH}/third_party)
run(${compiler} -std=c++20 -I${SCRATCH}/third_party ${consume}/main.cpp -o ${SCRATCH}/program)
run(${SCRATCH}/program)
run(${compiler} -std=c++20 -pthread -DSTET_HEADER_ONLY=0 -I${SCRATCH}/third_party ${consume}/main.cpp
    ${SCRATCH}/third_party/stet/stet.cpp -o ${SCRATCH}/program_of_two
)
run(${SCRATCH}/program_of_two)
