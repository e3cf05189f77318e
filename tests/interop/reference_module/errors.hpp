// SPDX-License-Identifier: MIT
// The library's errors as the reference's exceptions.
#ifndef REFERENCE_MODULE_ERRORS_HPP
#define REFERENCE_MODULE_ERRORS_HPP

#include "python.hpp"

#include <stet/stet.hpp>

#include <string>

namespace reference_module {

/// The reference's own words where it has some, else the library's sentence.
inline std::string reason(const stet::error& e)
{
    switch (e.code) {
    case stet::errc::header_too_small:
        return "header too small";
    case stet::errc::header_length_too_large:
        return "header too large";
    case stet::errc::incomplete_data:
        return "incomplete metadata, file not fully covered";
    case stet::errc::tensor_size_mismatch:
    case stet::errc::tensor_info_mismatch:
        return "invalid shape, data type, or offset for tensor";
    default:
        return stet::message(e);
    }
}

/// Raises what opening or reading a file ran into.
inline PyObject* raise_reading(const stet::error& e, const std::string& path, const char* doing)
{
    switch (e.code) {
    case stet::errc::file_missing:
        return raise(PyExc_FileNotFoundError, "No such file or directory: " + path);
    case stet::errc::permission_denied:
        return raise(PyExc_PermissionError, stet::message(e));
    case stet::errc::not_a_regular_file:
        return raise(PyExc_OSError, stet::message(e));
    case stet::errc::out_of_memory:
        return PyErr_NoMemory();
    default:
        return raise(std::string("Error while ") + doing + ": " + reason(e));
    }
}

inline PyObject* raise_writing(const stet::error& e)
{
    if (e.code == stet::errc::out_of_memory)
        return PyErr_NoMemory();
    return raise("Error while serializing: " + reason(e));
}

} // namespace reference_module

#endif
