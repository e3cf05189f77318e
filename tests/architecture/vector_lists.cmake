# What describes the files of tests/data/vectors is what describe.py makes of their indexes. Run by cmake -P.
cmake_minimum_required(VERSION 3.25)
find_program(python NAMES python3 REQUIRED)
execute_process(
    COMMAND ${python} -B ${ROOT}/tests/data/vectors/describe.py --check COMMAND_ERROR_IS_FATAL ANY
)
