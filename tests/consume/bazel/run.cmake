# Bazel builds a program with both targets. Debian's version wants two sets of rules from the network, for which the
# rules it has itself stand in.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
set(native_cc cc_library cc_binary cc_test cc_import cc_toolchain cc_toolchain_suite objc_library)
set(native_java
    java_library java_binary java_import java_test java_runtime java_toolchain java_package_configuration java_plugin
    java_proto_library java_lite_proto_library
)
foreach(language cc java)
    set(rules "")
    foreach(rule IN LISTS native_${language})
        string(APPEND rules "${rule} = native.${rule}\n")
    endforeach()
    file(WRITE ${SCRATCH}/rules_${language}/WORKSPACE "workspace(name = \"rules_${language}\")\n")
    file(WRITE ${SCRATCH}/rules_${language}/${language}/BUILD "")
    file(WRITE ${SCRATCH}/rules_${language}/${language}/defs.bzl "${rules}")
    list(APPEND overrides --override_repository=rules_${language}=${SCRATCH}/rules_${language})
endforeach()

set(build_file ${ROOT}/.packaging/bazel/stet.BUILD)
file(
    WRITE ${SCRATCH}/app/WORKSPACE
    "new_local_repository(name = \"stet\", path = \"${ROOT}\", build_file = \"${build_file}\")\n"
)
foreach(way stet compiled)
    file(
        APPEND ${SCRATCH}/app/BUILD
        "cc_binary(name = \"consumer_${way}\", srcs = [\"main.cpp\"], copts = [\"-std=c++20\"], deps = [\"@stet//:${way}\"])\n"
    )
endforeach()
file(COPY ${consume}/main.cpp DESTINATION ${SCRATCH}/app)
set(ENV{CC} ${compiler})
run(${CMAKE_COMMAND} -E chdir ${SCRATCH}/app ${BAZEL} --output_user_root=${SCRATCH}/root --batch build ${overrides}
    //:consumer_stet //:consumer_compiled
)
run(${SCRATCH}/app/bazel-bin/consumer_stet)
run(${SCRATCH}/app/bazel-bin/consumer_compiled)
