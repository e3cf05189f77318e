include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
find_program(meson meson REQUIRED)
# Meson accepts sources inside the project only, hence a copy of both.
file(COPY ${CMAKE_CURRENT_LIST_DIR}/meson.build ${consume}/main.cpp DESTINATION ${SCRATCH})
file(COPY ${ROOT}/include ${ROOT}/meson.build ${ROOT}/meson.options ${ROOT}/LICENSE
     DESTINATION ${SCRATCH}/subprojects/stet
)
# The wrap file is the one that the library's page shows.
file(READ ${ROOT}/include/stet/README.md page)
if(NOT page MATCHES "```ini\n([^`]*)```")
    message(FATAL_ERROR "include/stet/README.md shows no wrap file")
endif()
file(WRITE ${SCRATCH}/subprojects/stet.wrap "${CMAKE_MATCH_1}")
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
