include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
find_program(meson meson REQUIRED)
# Meson accepts sources inside the project only, hence a copy of both.
file(COPY ${CMAKE_CURRENT_LIST_DIR}/meson.build ${consume}/main.cpp DESTINATION ${SCRATCH})
file(COPY ${ROOT}/include ${ROOT}/meson.build DESTINATION ${SCRATCH}/subprojects/stet)
file(
    WRITE ${SCRATCH}/subprojects/stet.wrap
    "[wrap-file]\ndirectory = stet\n\n[provide]\ndependency_names = stet\n"
)
set(ENV{CXX} ${compiler})
run(${meson} setup ${SCRATCH}/build ${SCRATCH})
run(${meson} compile -C ${SCRATCH}/build)
run(${SCRATCH}/build/consumer)
