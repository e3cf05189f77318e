// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_PREDICTIONS_HPP
#define STET_MERGE_IMPL_PREDICTIONS_HPP

#include "../../vocabulary/config.hpp"
#include "merge_side.hpp"

#include <string_view>

namespace STET_NAMESPACE::detail {

/// What a file says about how its model predicts.
struct model_statement {
    std::string_view text{};          ///< empty: nothing
    bool             is_sure = false; ///< by a tensor that loaders look for
};

/// source: the tensors that ComfyUI's loader looks for; else what ModelSpec calls the prediction
inline model_statement statement_of(const merge_side& side) noexcept
{
    bool is_v = false;
    bool is_zsnr = false;
    bool is_edm = false;
    for (const quantised::named_tensor& one : side.layers.tensors()) {
        is_v = is_v || one.name == "v_pred";
        is_zsnr = is_zsnr || one.name == "ztsnr";
        is_edm = is_edm || one.name.starts_with("edm_vpred.");
    }
    if (is_edm)
        return {.text = "edm v", .is_sure = true};
    if (is_v)
        return {.text = is_zsnr ? "v with zero terminal SNR" : "v", .is_sure = true};
    return {.text = side.prediction, .is_sure = false};
}

/// Whether two models predict differently. A file that says nothing contradicts only one that is sure, and then counts
/// as "epsilon".
inline bool contradict(model_statement& a, model_statement& b) noexcept
{
    if (!a.is_sure && !b.is_sure && (a.text.empty() || b.text.empty()))
        return false;
    for (model_statement* const one : {&a, &b}) {
        if (one->text.empty())
            one->text = "epsilon";
    }
    return a.text != b.text;
}

} // namespace STET_NAMESPACE::detail

#endif
