# README is short, and every link of a page leads somewhere: pages.py looks. Run by cmake -P.
cmake_minimum_required(VERSION 3.25)
find_program(python NAMES python3 REQUIRED)
execute_process(COMMAND ${python} ${ROOT}/tests/architecture/pages.py ${ROOT} COMMAND_ERROR_IS_FATAL ANY)
