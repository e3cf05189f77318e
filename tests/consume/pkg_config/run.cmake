include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
find_program(pkg_config NAMES pkg-config pkgconf REQUIRED)
install_copy(-DSTET_BUILD_COMPILED=ON -DBUILD_SHARED_LIBS=OFF -DCMAKE_INSTALL_LIBDIR=lib)
set(ENV{PKG_CONFIG_PATH} ${SCRATCH}/prefix/share/pkgconfig:${SCRATCH}/prefix/lib/pkgconfig)

function(ask result)
    execute_process(
        COMMAND ${pkg_config} ${ARGN}
        OUTPUT_VARIABLE answer
        OUTPUT_STRIP_TRAILING_WHITESPACE
        COMMAND_ERROR_IS_FATAL ANY
    )
    separate_arguments(answer UNIX_COMMAND "${answer}")
    set(${result} ${answer} PARENT_SCOPE)
endfunction()

foreach(way stet stet-writers stet-compiled)
    ask(cflags --cflags ${way})
    ask(libs --static --libs ${way})
    if(way STREQUAL "stet" AND libs)
        message(FATAL_ERROR "stet needs nothing and links ${libs}")
    endif()
    run(${compiler} -std=c++20 ${cflags} ${consume}/main.cpp ${libs} -o ${SCRATCH}/${way})
    run(${SCRATCH}/${way})
endforeach()
