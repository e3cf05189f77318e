-- SPDX-License-Identifier: MIT
-- In a program's xmake.lua: includes("third_party/stet/.packaging/xmake"), then add_deps("stet").
target("stet")
    set_kind("headeronly")
    add_headerfiles("../../include/(stet/**.hpp)", "../../include/(stet/**.ipp)", "../../include/(stet/stet.cpp)")
    add_includedirs("../../include", {public = true})
