// SPDX-License-Identifier: MIT
#include "block_check.hpp"
#include "block_state.hpp"
#include "layer_finder.hpp"
#include "tensor_bytes.hpp"

#include <string_view>

namespace STET_NAMESPACE::detail {

/// Checks the tensors of one layer against its state.
class block_check {
public:
    block_check(const quantised::layer& one, finding_writer& out) noexcept
        : one_(one), out_(out), found_(block_companions_of(one))
    {
    }

    void run(const allocator& memory)
    {
        out_.say(quantised::rule::bnb_not_read, quantised::severity::info, one_.name, quantised::no_tensor,
                 "a format that ComfyUI reads without extensions", "bitsandbytes");
        const auto read = read_state(memory);
        const bool is_nested =
            found_.is_nested(out_.tensors()) || (read && read->state.nested_blocksize != 0);
        need(one_.weight, "weight");
        need(found_.absmax, "weight.absmax");
        need(found_.quant_map, "weight.quant_map");
        need(found_.state, "weight.quant_state.bitsandbytes__nf4 or __fp4");
        if (is_nested) {
            need(found_.nested_absmax, "weight.nested_absmax");
            need(found_.nested_quant_map, "weight.nested_quant_map");
        }
        holds(found_.quant_map, dtype::f32, 16);
        holds(found_.nested_quant_map, dtype::f32, 256);
        if (read && read->wrong.empty())
            check_sizes(*read, is_nested);
    }

private:
    void need(std::uint32_t position, std::string_view name)
    {
        if (position == quantised::no_tensor)
            out_.say(quantised::rule::bnb_tensor_missing, quantised::severity::error, one_.name,
                     quantised::no_tensor, fact_text("a tensor '").put(name).put("'").view(), "none");
    }

    std::optional<block_state_reading> read_state(const allocator& memory)
    {
        if (found_.state == quantised::no_tensor)
            return std::nullopt;
        const auto wrong = [this](std::string_view found) {
            out_.say(quantised::rule::bnb_state_json, quantised::severity::error, one_.name, found_.state,
                     "JSON with quant_type, blocksize, dtype and shape", found);
            return std::nullopt;
        };
        if (out_.tensor(found_.state).size > largest_marker)
            return wrong("more than 1 MiB");
        const auto bytes = tensor_bytes(out_.tensor(found_.state), memory);
        if (!bytes) {
            out_.fail(bytes.error().about(out_.name(found_.state)));
            return std::nullopt;
        }
        const auto json = read_json({bytes->data(), bytes->size()}, memory);
        if (!json && json.error().code == errc::out_of_memory)
            out_.fail(json.error());
        if (!json || out_.tensor(found_.state).type != dtype::u8)
            return wrong(json ? name(out_.tensor(found_.state).type) : "no JSON");
        auto read = read_block_state(json->root(), found_.quant_type, found_.is_nested(out_.tensors()));
        if (!read.wrong.empty())
            static_cast<void>(wrong(fact_text("no such ").put(read.wrong).view()));
        return read;
    }

    void check_sizes(const block_state_reading& read, bool is_nested)
    {
        const auto divided = [](std::uint64_t count, std::uint64_t size) {
            return count / size + (count % size != 0 ? 1U : 0U);
        };
        const std::uint64_t blocks = divided(read.elements, read.state.blocksize);
        if (one_.weight != quantised::no_tensor) {
            const tensor_view& weight = out_.tensor(one_.weight);
            const extents      expected{divided(read.elements, 2), std::uint64_t{1}};
            if (weight.type != dtype::u8)
                out_.say(quantised::rule::weight_dtype, quantised::severity::error, one_.name, one_.weight,
                         "U8", name(weight.type));
            if (weight.shape != expected)
                say_shape(one_.weight, shape_text(expected));
        }
        holds(found_.absmax, is_nested ? dtype::u8 : dtype::f32, blocks);
        if (is_nested && read.state.nested_blocksize != 0)
            holds(found_.nested_absmax, dtype::f32, divided(blocks, read.state.nested_blocksize));
    }

    /// One axis of that length.
    void holds(std::uint32_t position, dtype type, std::uint64_t length)
    {
        if (position == quantised::no_tensor)
            return;
        const tensor_view& tensor = out_.tensor(position);
        if (tensor.type != type || tensor.shape != extents(length))
            say_shape(position, fact_text(name(type)).put(" ").put_shape(extents(length)));
    }

    void say_shape(std::uint32_t position, const fact_text& expected)
    {
        const tensor_view& tensor = out_.tensor(position);
        out_.say(quantised::rule::bnb_shape, quantised::severity::error, one_.name, position, expected.view(),
                 fact_text(name(tensor.type)).put(" ").put_shape(tensor.shape).view());
    }

    const quantised::layer& one_;
    finding_writer&         out_;
    block_companions        found_;
};

STET_INLINE void check_blocks(const quantised::layer& one, finding_writer& out, const allocator& memory)
{
    block_check(one, out).run(memory);
}

} // namespace STET_NAMESPACE::detail
