# The folder is copied and an include path is all the compiler is told.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
file(COPY ${ROOT}/include/stet DESTINATION ${SCRATCH}/third_party)
run(${compiler} -std=c++20 -I${SCRATCH}/third_party ${consume}/main.cpp -o ${SCRATCH}/program)
run(${SCRATCH}/program)
