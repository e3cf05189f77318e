# What README says is done, from README itself: its programs and fragments compile, run and print what it shows, its lines
# for CMake configure and build, its commands run. The fragments of the library's page compile.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
find_program(python NAMES python3 REQUIRED)
run(${python} ${CMAKE_CURRENT_LIST_DIR}/readme.py ${ROOT} ${SCRATCH} ${CMAKE_COMMAND} ${compiler})
