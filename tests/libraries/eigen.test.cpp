// SPDX-License-Identifier: MIT
#include "saved.hpp"

#include <stet/interop/eigen.hpp>

#include <catch2/catch_test_macros.hpp>

#include <Eigen/Dense>
#include <complex>
#include <map>
#include <string>
#include <unsupported/Eigen/CXX11/Tensor>
#include <utility>
#include <vector>

using libraries::saved;
using libraries::tensor;
using libraries::values;
using stet::tensor_like;
using stet::view_of;

using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

static_assert(tensor_like<Eigen::MatrixXf> && tensor_like<Eigen::ArrayXXd> && tensor_like<Eigen::Matrix3cf>);
static_assert(tensor_like<Eigen::Map<const Eigen::MatrixXf>> &&
              tensor_like<Eigen::Ref<const Eigen::MatrixXf>>);
static_assert(!tensor_like<decltype(Eigen::MatrixXf() * 2.0F)>, "a sum that nobody has formed yet");
template <class Tensor>
concept viewable = requires(Tensor&& tensor) { view_of(std::forward<Tensor>(tensor)); };
static_assert(viewable<Eigen::Block<Eigen::MatrixXf>> && viewable<Eigen::Map<const Eigen::MatrixXf>>);
static_assert(!viewable<Eigen::MatrixXf> && !viewable<Eigen::Ref<const Eigen::MatrixXf>>, "gone at once");

namespace {

/// coefficient (i, j) is 10 i + j
template <class Matrix>
Matrix numbered(Eigen::Index rows, Eigen::Index columns)
{
    Matrix matrix(rows, columns);
    for (Eigen::Index i = 0; i < rows; ++i)
        for (Eigen::Index j = 0; j < columns; ++j)
            matrix(i, j) = static_cast<typename Matrix::Scalar>(static_cast<float>(10 * i + j));
    return matrix;
}

/// The matrix's coefficients in the order of rows, by Eigen's own indices.
template <class Matrix>
std::vector<typename Matrix::Scalar> logical(const Matrix& matrix)
{
    std::vector<typename Matrix::Scalar> all;
    for (Eigen::Index i = 0; i < matrix.rows(); ++i)
        for (Eigen::Index j = 0; j < matrix.cols(); ++j)
            all.push_back(matrix(i, j));
    return all;
}

} // namespace

TEST_CASE("a map of Eigen's matrices is a state dict, written row by row")
{
    const std::map<std::string, Eigen::MatrixXf> dict{{"a", numbered<Eigen::MatrixXf>(37, 53)},
                                                      {"b", numbered<Eigen::MatrixXf>(1, 4)},
                                                      {"none", Eigen::MatrixXf(0, 3)}};
    const auto                                   file = saved(dict);
    CHECK(tensor(file, "a").dtype == "F32");
    CHECK(tensor(file, "a").shape == std::vector<std::size_t>{37, 53});
    CHECK(values<float>(file, "a") == logical(dict.at("a")));
    CHECK(tensor(file, "b").shape == std::vector<std::size_t>{1, 4});
    CHECK(values<float>(file, "b") == logical(dict.at("b")));
    CHECK(tensor(file, "none").shape == std::vector<std::size_t>{0, 3});
}

TEST_CASE("rows, blocks, maps, transposes and references are written as they are seen")
{
    Eigen::MatrixXf                         matrix = numbered<Eigen::MatrixXf>(6, 7);
    const row_major                         rows = numbered<row_major>(6, 7);
    const auto                              block = matrix.block(1, 2, 3, 4);
    const auto                              row_block = rows.block(1, 2, 3, 4);
    const auto                              nested = rows.block(1, 1, 4, 4).transpose();
    const Eigen::Ref<const Eigen::MatrixXf> reference(matrix.leftCols(3));
    const Eigen::Map<Eigen::MatrixXf, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> spread(
        matrix.data(), 2, 3, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(12, 2));
    std::map<std::string, stet::result<stet::tensor_view>> dict;
    const auto put = [&](const char* name, const stet::result<stet::tensor_view>& view) {
        dict.insert_or_assign(name, view);
    };
    put("row_major", view_of(rows));
    put("block", view_of(block));
    put("row_block", view_of(row_block));
    put("nested", view_of(nested));
    put("reference", view_of(reference));
    put("spread", view_of(spread));
    put("transposed", view_of(matrix.transpose()));
    put("array", view_of(matrix.array()));
    put("row", view_of(matrix.row(2)));
    put("column", view_of(rows.col(2)));
    const auto file = saved(dict);

    CHECK(values<float>(file, "row_major") == logical(rows));
    CHECK(tensor(file, "block").shape == std::vector<std::size_t>{3, 4});
    CHECK(values<float>(file, "block") == logical(block));
    CHECK(values<float>(file, "row_block") == logical(row_block));
    CHECK(values<float>(file, "nested") == logical(nested));
    CHECK(values<float>(file, "reference") == logical(reference));
    CHECK(values<float>(file, "spread") == logical(spread));
    CHECK(tensor(file, "transposed").shape == std::vector<std::size_t>{7, 6});
    CHECK(values<float>(file, "transposed") == logical(matrix.transpose()));
    CHECK(values<float>(file, "array") == logical(matrix));
    CHECK(tensor(file, "row").shape == std::vector<std::size_t>{7});
    CHECK(values<float>(file, "row") == logical(matrix.row(2)));
    CHECK(tensor(file, "column").shape == std::vector<std::size_t>{6});
    CHECK(values<float>(file, "column") == logical(rows.col(2)));
}

TEST_CASE("Eigen's narrow and complex coefficients have their dtypes")
{
    using half_matrix = Eigen::Matrix<Eigen::half, Eigen::Dynamic, Eigen::Dynamic>;
    using bfloat16_matrix = Eigen::Matrix<Eigen::bfloat16, Eigen::Dynamic, Eigen::Dynamic>;
    const auto                                             halves = numbered<half_matrix>(2, 3);
    const auto                                             brains = numbered<bfloat16_matrix>(2, 3);
    const Eigen::Matrix2cf                                 complex = Eigen::Matrix2cf::Random();
    std::map<std::string, stet::result<stet::tensor_view>> dict;
    dict.insert_or_assign("half", view_of(halves));
    dict.insert_or_assign("brain", view_of(brains));
    dict.insert_or_assign("complex", view_of(complex));
    const auto file = saved(dict);
    CHECK(tensor(file, "half").dtype == "F16");
    CHECK(values<Eigen::half>(file, "half") == logical(halves));
    CHECK(tensor(file, "brain").dtype == "BF16");
    CHECK(values<Eigen::bfloat16>(file, "brain") == logical(brains));
    CHECK(tensor(file, "complex").dtype == "C64");
    CHECK(values<std::complex<float>>(file, "complex") == logical(complex));
}

TEST_CASE("Eigen's unsupported tensors are written row-major from either order")
{
    Eigen::Tensor<float, 3>                  columns(2, 3, 4);
    Eigen::Tensor<float, 3, Eigen::RowMajor> rows(2, 3, 4);
    std::vector<float>                       expected;
    for (Eigen::Index i = 0; i < 2; ++i)
        for (Eigen::Index j = 0; j < 3; ++j)
            for (Eigen::Index k = 0; k < 4; ++k) {
                const auto number = static_cast<float>(100 * i + 10 * j + k);
                columns(i, j, k) = number;
                rows(i, j, k) = number;
                expected.push_back(number);
            }
    const Eigen::TensorMap<Eigen::Tensor<float, 3>>        map(columns.data(), 2, 3, 4);
    std::map<std::string, stet::result<stet::tensor_view>> dict;
    dict.insert_or_assign("columns", view_of(columns));
    dict.insert_or_assign("rows", view_of(rows));
    dict.insert_or_assign("map", view_of(map));
    const auto file = saved(dict);
    for (const char* const name : {"columns", "rows", "map"}) {
        CHECK(tensor(file, name).shape == std::vector<std::size_t>{2, 3, 4});
        CHECK(values<float>(file, name) == expected);
    }
}
