// SPDX-License-Identifier: MIT
// The library whose tensors a file is read into: numpy or torch.
#ifndef REFERENCE_MODULE_FRAMEWORK_HPP
#define REFERENCE_MODULE_FRAMEWORK_HPP

#include "python.hpp"

#include <stet/stet.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reference_module {

/// What Python's libraries call a dtype, in the order in which the reference lists them.
struct python_dtype {
    std::string_view name;
    stet::dtype      type;
    bool             in_numpy; ///< others come with ml_dtypes
};

inline constexpr python_dtype python_dtypes[] = {
    {"bool", stet::dtype::boolean, true},
    {"int8", stet::dtype::i8, true},
    {"uint8", stet::dtype::u8, true},
    {"int16", stet::dtype::i16, true},
    {"uint16", stet::dtype::u16, true},
    {"int32", stet::dtype::i32, true},
    {"uint32", stet::dtype::u32, true},
    {"int64", stet::dtype::i64, true},
    {"uint64", stet::dtype::u64, true},
    {"float16", stet::dtype::f16, true},
    {"float32", stet::dtype::f32, true},
    {"float64", stet::dtype::f64, true},
    {"bfloat16", stet::dtype::bf16, false},
    {"float8_e4m3fn", stet::dtype::f8_e4m3, false},
    {"float8_e4m3fnuz", stet::dtype::f8_e4m3fnuz, false},
    {"float8_e5m2", stet::dtype::f8_e5m2, false},
    {"float8_e5m2fnuz", stet::dtype::f8_e5m2fnuz, false},
    {"float8_e8m0fnu", stet::dtype::f8_e8m0, false},
    {"float4_e2m1fn_x2", stet::dtype::f4, false},
    {"complex64", stet::dtype::c64, true},
};

/// The dtype of that name, or null.
inline const python_dtype* dtype_called(std::string_view name)
{
    for (const python_dtype& one : python_dtypes) {
        if (one.name == name)
            return &one;
    }
    return nullptr;
}

/// What Python's libraries call the dtype, or null where they have none.
inline const python_dtype* dtype_for(stet::dtype type)
{
    for (const python_dtype& one : python_dtypes) {
        if (one.type == type)
            return &one;
    }
    return nullptr;
}

/// A tensor's shape as a framework counts it: torch has one element for two of four bits.
inline std::vector<std::uint64_t> shape_in_bytes(stet::dtype type, std::vector<std::uint64_t> shape)
{
    if (type == stet::dtype::f4 && !shape.empty())
        shape.back() /= 2;
    return shape;
}

struct framework {
    owned       module{};
    bool        is_torch = false;
    std::string device{}; ///< "cpu", "cuda:0"

    bool is_on_cpu() const { return device == "cpu"; }

    /// The framework's dtype. Null with an exception where it has none.
    owned dtype(stet::dtype type) const
    {
        const python_dtype* const known = dtype_for(type);
        if (known == nullptr) {
            raise("No framework has the dtype " + std::string(stet::name(type)));
            return {};
        }
        const std::string name(known->name);
        if (is_torch)
            return owned(PyObject_GetAttrString(module.get(), name.c_str()));
        if (!known->in_numpy) {
            const owned more(PyImport_ImportModule("ml_dtypes")); // makes numpy know the name
            PyErr_Clear();
        }
        return owned(PyObject_CallMethod(module.get(), "dtype", "s", name.c_str()));
    }

    /// A tensor that keeps the bytes.
    /// bytes: a bytearray, exactly as many as dtype and shape need
    owned tensor(stet::dtype type, const std::vector<std::uint64_t>& shape, const owned& bytes) const
    {
        const owned element = dtype(type);
        const owned axes = new_list(shape_in_bytes(type, shape));
        if (!element || !axes)
            return {};
        if (PyByteArray_GET_SIZE(bytes.get()) == 0) // which frombuffer refuses
            return placed(call("zeros", axes.get(), element.get()));
        const owned flat = call("frombuffer", bytes.get(), element.get());
        return flat ? placed(owned(PyObject_CallMethod(flat.get(), "reshape", "O", axes.get()))) : owned();
    }

private:
    owned call(const char* function, PyObject* what, PyObject* element) const
    {
        const owned called(PyObject_GetAttrString(module.get(), function));
        const owned arguments(Py_BuildValue("(O)", what));
        const owned names(Py_BuildValue("{s:O}", "dtype", element));
        if (!called || !arguments || !names)
            return {};
        return owned(PyObject_Call(called.get(), arguments.get(), names.get()));
    }

    owned placed(owned tensor) const
    {
        if (!tensor || is_on_cpu())
            return tensor;
        return owned(PyObject_CallMethod(tensor.get(), "to", "s", device.c_str()));
    }
};

/// "cuda:0" for 0, "cpu" for None, else what the object says as text. Nothing with an exception where that is none.
inline std::optional<std::string> device_called(PyObject* object)
{
    if (object == nullptr || object == Py_None)
        return "cpu";
    const owned text(PyObject_Str(object));
    std::string name;
    if (!text || !read_text(text.get(), name))
        return std::nullopt;
    if (PyLong_Check(object))
        return "cuda:" + name;
    const std::string kind = name.substr(0, name.find(':'));
    for (const std::string_view known : {"cpu", "cuda", "mps", "npu", "xpu", "xla", "mlu", "musa", "hpu"}) {
        if (kind == known)
            return name;
    }
    raise("device " + name + " is invalid");
    return std::nullopt;
}

/// The framework of that name. Nothing with an exception where there is none.
inline std::optional<framework> framework_called(const std::string& name, PyObject* device)
{
    const bool is_torch = name == "pt" || name == "torch" || name == "pytorch";
    if (!is_torch && name != "np" && name != "numpy") {
        raise("framework " + name + " is invalid");
        return std::nullopt;
    }
    std::optional<std::string> where = device_called(device);
    if (!where)
        return std::nullopt;
    if (!is_torch && *where != "cpu") {
        const owned given(PyObject_Str(device));
        std::string said;
        if (given && read_text(given.get(), said))
            raise("Device " + said + " is not supported for framework numpy");
        return std::nullopt;
    }
    owned module(PyImport_ImportModule(is_torch ? "torch" : "numpy"));
    if (!module)
        return std::nullopt;
    return framework{.module = std::move(module), .is_torch = is_torch, .device = std::move(*where)};
}

} // namespace reference_module

#endif
