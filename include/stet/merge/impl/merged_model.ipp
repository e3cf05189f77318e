// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../merged_model.hpp"
#include "component_ratios.hpp"
#include "merge_builder.hpp"
#include "predictions.hpp"

namespace STET_NAMESPACE::merging {

STET_INLINE std::size_t merged_model::count(outcome of) const noexcept
{
    std::size_t counted = 0;
    for (const decision& one : made_.decisions)
        counted += one.outcome == of ? 1U : 0U;
    return counted;
}

STET_INLINE number_counts merged_model::numbers() const noexcept
{
    number_counts all;
    for (const decision& one : made_.decisions) {
        all.became_infinite += one.numbers.became_infinite;
        all.became_nan += one.numbers.became_nan;
        all.passed_on += one.numbers.passed_on;
    }
    return all;
}

STET_INLINE std::optional<std::string_view> merged_model::quantisation() const noexcept
{
    if (made_.metadata.empty())
        return std::nullopt;
    return std::string_view(made_.metadata.data(), made_.metadata.size());
}

} // namespace STET_NAMESPACE::merging

namespace STET_NAMESPACE::detail {

STET_INLINE result<merging::merged_model> merge_sides(array_view<result<merge_side>> sides,
                                                      const merging::recipe& how, const allocator& memory)
{
    for (const result<merge_side>& side : sides) {
        if (!side)
            return side.error();
    }
    merge_side&       first = *sides[0];
    merge_side&       second = *sides[1];
    merge_side* const third = sides.size() > 2 ? &*sides[2] : nullptr;
    if (how.type && !is_merged_type(*how.type))
        return error{.code = errc::not_convertible}.with("float", name(*how.type)).about("type");
    if ((how.formula == merging::formula::add_difference) != (third != nullptr))
        return error{.code = errc::invalid_ratio}
            .with(third == nullptr ? "two" : "three", "be three where a difference is added, else two")
            .about("number of files");
    const auto ratios = component_ratios::of(how, first.layers.tensors());
    if (!ratios)
        return ratios.error();
    merge_builder building(first, second, third, how, *ratios, memory);
    auto          made = building.build();
    if (!made)
        return made.error();
    model_statement a = statement_of(first);
    model_statement b = statement_of(second);
    if (contradict(a, b))
        made->predictions = {a.text, b.text};
    for (result<merge_side>& side : sides) {
        if (made->files.keep(std::move(side->layers)) == nullptr)
            return out_of_memory(sizeof(quantised::layers));
    }
    return merging::merged_model(*std::move(made));
}

} // namespace STET_NAMESPACE::detail
