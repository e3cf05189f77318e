include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
find_program(meson meson REQUIRED)
# Meson accepts sources inside the project only, hence a copy of both.
file(COPY ${CMAKE_CURRENT_LIST_DIR}/meson.build ${consume}/main.cpp DESTINATION ${SCRATCH})
file(COPY ${ROOT}/include ${ROOT}/meson.build ${ROOT}/meson.options ${ROOT}/LICENSE
     DESTINATION ${SCRATCH}/subprojects/stet
)
file(
    WRITE ${SCRATCH}/subprojects/stet.wrap
    "[wrap-file]\ndirectory = stet\n\n[provide]\ndependency_names = stet, stet-writers, stet-compiled\n"
)
set(ENV{CXX} ${compiler})
run(${meson} setup ${SCRATCH}/build ${SCRATCH} --prefix=/)
run(${meson} compile -C ${SCRATCH}/build)
foreach(way stet stet-writers stet-compiled)
    run(${SCRATCH}/build/${way})
endforeach()

# What a game installs is its own.
run(${meson} install -C ${SCRATCH}/build --destdir ${SCRATCH}/installed)
file(GLOB_RECURSE installed RELATIVE ${SCRATCH}/installed ${SCRATCH}/installed/*)
if(NOT installed STREQUAL "bin/stet")
    message(FATAL_ERROR "installed: ${installed}")
endif()
