# Few names lie directly in namespace stet: names.py counts and prints them. Run by cmake -P.
cmake_minimum_required(VERSION 3.25)
find_program(python NAMES python3 REQUIRED)
execute_process(
    COMMAND ${python} ${ROOT}/tests/architecture/names.py ${ROOT}/include/stet COMMAND_ERROR_IS_FATAL ANY
)
