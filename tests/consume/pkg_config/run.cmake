include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
find_program(pkg_config NAMES pkg-config pkgconf REQUIRED)
install_copy()
set(ENV{PKG_CONFIG_PATH} ${SCRATCH}/prefix/share/pkgconfig)
execute_process(
    COMMAND ${pkg_config} --cflags stet
    OUTPUT_VARIABLE cflags
    OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY
)
separate_arguments(cflags UNIX_COMMAND "${cflags}")
run(${compiler} -std=c++20 ${cflags} ${consume}/main.cpp -o ${SCRATCH}/program)
run(${SCRATCH}/program)
