// SPDX-License-Identifier: MIT
// PySafeSlice: a tensor of a file that is read where it is indexed.
#ifndef REFERENCE_MODULE_TENSOR_SLICE_HPP
#define REFERENCE_MODULE_TENSOR_SLICE_HPP

#include "opened_file.hpp"
#include "python.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace reference_module {

/// What an index asks for along one axis.
struct axis_index {
    bool                         is_number = false;
    std::int64_t                 number = 0;
    std::optional<std::uint64_t> start{};
    std::optional<std::uint64_t> stop{};
    std::uint64_t                step = 1;

    std::uint64_t first() const noexcept
    {
        return is_number ? static_cast<std::uint64_t>(number) : start.value_or(0);
    }

    std::string as_text() const
    {
        if (is_number)
            return std::to_string(number);
        return (start ? std::to_string(*start) : "") + ":" + (stop ? std::to_string(*stop) : "") +
               (step == 1 ? "" : ":" + std::to_string(step));
    }
};

/// The part of a tensor that is read, and the index into it that is left to the framework.
struct reading {
    box   part{};
    owned rest{};
    bool  has_steps = false; ///< elements in between are left out
};

/// numpy's indices as the reference understands them: numbers, slices forwards, one ellipsis.
class numpy_index {
public:
    explicit numpy_index(std::span<const std::uint64_t> shape) noexcept : shape_(shape) {}

    /// Nothing with an exception for what is no such index of the shape.
    std::optional<reading> read(PyObject* index)
    {
        if (PyList_Check(index) != 0)
            return nothing_of_a_list(index);
        if (!parse(index) || !fits())
            return std::nullopt;
        reading asked = whole();
        for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
            const axis_index&   one = axes_[axis];
            const std::uint64_t stop = one.is_number ? one.first() + 1 : one.stop.value_or(shape_[axis]);
            asked.part.begin[axis] = one.first();
            asked.part.end[axis] = stop < one.first() ? one.first() : stop;
            asked.has_steps = asked.has_steps || one.step > 1;
        }
        asked.rest = rest();
        return asked.rest ? std::optional(std::move(asked)) : std::nullopt;
    }

private:
    reading whole() const
    {
        return {.part = {.begin = std::vector<std::uint64_t>(shape_.size()),
                         .end = {shape_.begin(), shape_.end()}}};
    }

    std::optional<reading> nothing_of_a_list(PyObject* list) const
    {
        if (PyList_GET_SIZE(list) != 0 || shape_.empty()) {
            raise("Non empty lists are not implemented");
            return std::nullopt;
        }
        reading asked = whole();
        asked.part.end[0] = 0;
        asked.rest = owned(PyTuple_New(0));
        return asked.rest ? std::optional(std::move(asked)) : std::nullopt;
    }

    bool parse(PyObject* index)
    {
        if (PyTuple_Check(index) == 0)
            return parse_one(index, 1);
        const Py_ssize_t count = PyTuple_GET_SIZE(index);
        int              ellipses = 0;
        for (Py_ssize_t i = 0; i < count; ++i)
            ellipses += PyTuple_GET_ITEM(index, i) == Py_Ellipsis ? 1 : 0;
        if (ellipses > 1)
            return raise("Only one ellipsis (...) is allowed in slice index") != nullptr;
        for (Py_ssize_t i = 0; i < count; ++i) {
            if (!parse_one(PyTuple_GET_ITEM(index, i), static_cast<std::size_t>(count)))
                return false;
        }
        return true;
    }

    bool parse_one(PyObject* index, std::size_t count)
    {
        if (index == Py_Ellipsis) {
            if (shape_.size() + 1 > count)
                axes_.resize(axes_.size() + shape_.size() + 1 - count);
            return true;
        }
        axis_index one;
        if (PyIndex_Check(index) != 0) {
            parse_number(index, one);
        } else if (PySlice_Check(index) != 0) {
            parse_slice(reinterpret_cast<PySliceObject*>(index), one);
        } else {
            raise("Unsupported slice index at position " + std::to_string(axes_.size()) +
                  ": expected slice, int, or ellipsis");
        }
        axes_.push_back(one);
        return PyErr_Occurred() == nullptr;
    }

    static void parse_slice(const PySliceObject* slice, axis_index& one)
    {
        if ((slice->start != Py_None && !read_number(slice->start, one.start.emplace())) ||
            (slice->stop != Py_None && !read_number(slice->stop, one.stop.emplace())) ||
            slice->step == Py_None)
            return;
        const Py_ssize_t step = PyNumber_AsSsize_t(slice->step, nullptr); // saturates
        if (step < 1 && PyErr_Occurred() == nullptr)
            raise("Slice step must be a positive integer, got " + std::to_string(step));
        one.step = static_cast<std::uint64_t>(step);
    }

    /// A number of the next axis; a negative one counts from its end.
    void parse_number(PyObject* index, axis_index& one) const
    {
        const owned whole(PyNumber_Index(index));
        one.is_number = true;
        one.number = whole ? PyLong_AsLongLong(whole.get()) : 0;
        if (one.number >= 0 || PyErr_Occurred() != nullptr)
            return;
        const std::size_t   axis = axes_.size();
        const std::uint64_t size = axis < shape_.size() ? shape_[axis] : 0;
        const std::int64_t  from_start = one.number + static_cast<std::int64_t>(size);
        if (from_start < 0)
            raise("Invalid index " + std::to_string(one.number) + " for dimension " + std::to_string(axis) +
                  " of size " + std::to_string(size));
        one.number = from_start;
    }

    /// Whether every index lies in the tensor: the last axis is looked at first.
    bool fits() const
    {
        if (axes_.size() > shape_.size())
            return refuse("more slicing indexes than dimensions in tensor");
        for (std::size_t axis = axes_.size(); axis-- > 0;) {
            const axis_index&   one = axes_[axis];
            const std::uint64_t size = shape_[axis];
            if ((one.is_number || one.first() > 0) && one.first() >= size)
                return refuse(axis, one.first());
            if (one.stop.value_or(0) > size)
                return refuse(axis, *one.stop - 1);
        }
        return true;
    }

    bool refuse(const std::string& why) const
    {
        std::string text = "Error during slicing [";
        for (std::size_t axis = 0; axis < axes_.size(); ++axis)
            text += (axis == 0 ? "" : ", ") + axes_[axis].as_text();
        raise(text + "] with shape " + shown(shape_) + ": " + why);
        return false;
    }

    bool refuse(std::size_t axis, std::uint64_t index) const
    {
        return refuse("index " + std::to_string(index) + " out of bounds for tensor dimension #" +
                      std::to_string(axis) + " of size " + std::to_string(shape_[axis]));
    }

    /// Numbers take their axis away, steps leave elements out. The ellipsis keeps the last number from making a scalar.
    owned rest() const
    {
        owned index(PyTuple_New(static_cast<Py_ssize_t>(axes_.size() + 1)));
        for (std::size_t axis = 0; index && axis < axes_.size(); ++axis) {
            const owned     step(PyLong_FromUnsignedLongLong(axes_[axis].step));
            PyObject* const one =
                axes_[axis].is_number ? PyLong_FromLong(0) : PySlice_New(nullptr, nullptr, step.get());
            if (one == nullptr)
                return {};
            PyTuple_SET_ITEM(index.get(), static_cast<Py_ssize_t>(axis), one);
        }
        if (index)
            PyTuple_SET_ITEM(index.get(), static_cast<Py_ssize_t>(axes_.size()), Py_NewRef(Py_Ellipsis));
        return index;
    }

    std::span<const std::uint64_t> shape_;
    std::vector<axis_index>        axes_{};
};

/// torch's own indices: numbers and slices at the front choose what is read, and torch does the rest.
inline std::optional<reading> torch_reading(PyObject* index, std::span<const std::uint64_t> shape)
{
    reading asked{
        .part = {.begin = std::vector<std::uint64_t>(shape.size()), .end = {shape.begin(), shape.end()}}};
    const owned tuple = PyTuple_Check(index) != 0 ? owned::borrowed(index) : owned(PyTuple_Pack(1, index));
    asked.rest = tuple ? owned(PySequence_List(tuple.get())) : owned();
    if (!asked.rest)
        return std::nullopt;
    const auto count = static_cast<std::size_t>(PyTuple_GET_SIZE(tuple.get()));
    for (std::size_t axis = 0; axis < count && axis < shape.size(); ++axis) {
        PyObject* const one = PyTuple_GET_ITEM(tuple.get(), static_cast<Py_ssize_t>(axis));
        const auto      size = static_cast<Py_ssize_t>(shape[axis]);
        Py_ssize_t      start = 0, stop = size, step = 1;
        PyObject*       left = nullptr;
        if (PySlice_Check(one) != 0 && PySlice_Unpack(one, &start, &stop, &step) == 0 && step > 0) {
            PySlice_AdjustIndices(size, &start, &stop, step);
            const owned every(PyLong_FromSsize_t(step));
            asked.has_steps = asked.has_steps || step > 1;
            left = PySlice_New(nullptr, nullptr, every.get());
        } else if (PyLong_CheckExact(one) != 0) {
            start = PyLong_AsSsize_t(one);
            start += start < 0 ? size : 0;
            if (PyErr_Occurred() != nullptr || start < 0 || start >= size)
                break; // torch says so
            stop = start + 1;
            left = PyLong_FromLong(0);
        }
        if (left == nullptr)
            break;
        asked.part.begin[axis] = static_cast<std::uint64_t>(start);
        asked.part.end[axis] = static_cast<std::uint64_t>(stop < start ? start : stop);
        if (PyList_SetItem(asked.rest.get(), static_cast<Py_ssize_t>(axis), left) != 0)
            return std::nullopt;
    }
    if (PyErr_Occurred() != nullptr)
        return std::nullopt;
    asked.rest = owned(PyList_AsTuple(asked.rest.get()));
    return asked.rest ? std::optional(std::move(asked)) : std::nullopt;
}

struct tensor_slice {
    std::shared_ptr<const opened_file> file{};
    std::shared_ptr<const framework>   in{};
    stet::stored_tensor                stored{};

    PyObject* at(PyObject* index) const
    {
        // Two elements of four bits in a byte of torch's: it is read whole, and indexed then.
        const bool is_whole = stored.type == stet::dtype::f4;
        auto       asked = in->is_torch
                               ? torch_reading(index, is_whole ? std::span<const std::uint64_t>() : stored.shape)
                               : numpy_index(stored.shape).read(index);
        if (!asked)
            return nullptr;
        const owned tensor =
            in->is_torch && is_whole ? file->tensor(*in, stored) : file->tensor(*in, stored, asked->part);
        owned given(tensor ? PyObject_GetItem(tensor.get(), asked->rest.get()) : nullptr);
        if (given && asked->has_steps) // what was read in between goes
            given = owned(PyObject_CallMethod(given.get(), in->is_torch ? "clone" : "copy", nullptr));
        return given.release();
    }
};

using tensor_slice_class = python_class<tensor_slice>;

inline bool add_tensor_slice(PyObject* module)
{
    static PyMethodDef methods[] = {
        {"get_shape", method(+[](PyObject* self, PyObject*) {
             return new_list(tensor_slice_class::state(self).stored.shape).release();
         }),
         METH_NOARGS, nullptr},
        {"get_dtype", method(+[](PyObject* self, PyObject*) {
             return new_text(stet::name(tensor_slice_class::state(self).stored.type));
         }),
         METH_NOARGS, nullptr},
        {}};
    const PyType_Slot slots[] = {
        {Py_tp_methods, methods},
        {Py_mp_subscript,
         slot(+[](PyObject* self, PyObject* index) { return tensor_slice_class::state(self).at(index); })},
    };
    return tensor_slice_class::add_to(module, "safetensors._safetensors_rust.PySafeSlice", slots, false);
}

} // namespace reference_module

#endif
