// SPDX-License-Identifier: MIT
// Eigen's matrices as they lie, column by column, transposed or a block of another; and back into matrices.
#include <stet/interop/eigen.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <Eigen/Core>
#include <cstddef>
#include <cstdio>
#include <map>
#include <string_view>

namespace {

using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int failed(const stet::error& why)
{
    std::fprintf(stderr, "%s\n", stet::message(why).c_str());
    return 1;
}

/// A tensor of two axes as a matrix. A file has its rows one after the other, whatever Eigen's order was.
stet::result<Eigen::MatrixXf> load(const stet::file_tensor& tensor)
{
    row_major matrix(static_cast<Eigen::Index>(tensor.shape[0]), static_cast<Eigen::Index>(tensor.shape[1]));
    if (auto read = tensor.to<float>(std::span(matrix.data(), static_cast<std::size_t>(matrix.size())));
        !read)
        return read.error();
    return Eigen::MatrixXf(matrix);
}

} // namespace

int main()
{
    const Eigen::MatrixXf weight = Eigen::MatrixXf::Random(40, 30);
    const Eigen::MatrixXf fused = Eigen::MatrixXf::Random(90, 30);
    const Eigen::VectorXf bias = Eigen::VectorXf::LinSpaced(40, 0.0F, 1.0F);
    const auto            transposed = weight.transpose();
    const auto            key = fused.middleRows(30, 30); // of query, key and value

    const std::map<std::string_view, stet::result<stet::tensor_view>> dict{
        {"weight", stet::view_of(weight)},
        {"weight_t", stet::view_of(transposed)},
        {"key.weight", stet::view_of(key)},
        {"bias", stet::view_of(bias)}};
    const auto saved = stet::save(
        dict, stet::exact_path{.path = "eigen.safetensors", .existing = stet::existing_file::replace});
    if (!saved)
        return failed(saved.error());
    std::printf("%s: %llu bytes\n", saved->path.c_str(), static_cast<unsigned long long>(saved->bytes));

    const auto file = stet::mapped_checkpoint::open(saved->path.c_str());
    if (!file)
        return failed(file.error());
    const std::map<std::string_view, Eigen::MatrixXf> expected{
        {"weight", weight}, {"weight_t", transposed}, {"key.weight", key}};
    for (const auto& [name, matrix] : expected) {
        const auto tensor = (*file)[name];
        if (!tensor)
            return failed(tensor.error());
        const auto loaded = load(*tensor);
        if (!loaded)
            return failed(loaded.error());
        std::printf("%.*s: %d x %d, %s\n", static_cast<int>(name.size()), name.data(),
                    static_cast<int>(loaded->rows()), static_cast<int>(loaded->cols()),
                    *loaded == matrix ? "the same numbers" : "other numbers");
    }
}
