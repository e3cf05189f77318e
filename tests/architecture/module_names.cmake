# The module exports every public name, and no other: .packaging/module/interface.py compares and says what to do. Run by
# cmake -P.
cmake_minimum_required(VERSION 3.25)
find_program(python NAMES python3 REQUIRED)
execute_process(
    COMMAND ${python} ${ROOT}/.packaging/module/interface.py --check COMMAND_ERROR_IS_FATAL ANY
)
