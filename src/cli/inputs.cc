#include "cli/inputs.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "base/try.h"
#include "cli/calls.h"
#include "cli/command.h"
#include "cli/picture.h"

namespace vivace::cli {
namespace {

constexpr std::string_view kLiteral = "text:";
constexpr std::string_view kSomeText = "The quick brown fox jumps over the lazy dog.";

std::vector<std::string_view> names_of(std::span<const Port> ports) {
  std::vector<std::string_view> names;
  for (const Port& port : ports) names.push_back(port.name);
  return names;
}

Error no_such_input(const Model& model, std::string_view name) {
  const auto names = names_of(model.inputs());
  std::vector<std::string> quoted;
  for (const std::string_view n : names) quoted.push_back(text("\"{}\"", n));
  return Error("usage.input", text("the model has no input \"{}\"{}", name, did_you_mean(name, names)))
      .why(text("its inputs are {}", join(quoted, ", ")))
      .fix("give files in that order, or as NAME=FILE");
}

Result<std::size_t> port_index(const Model& model, std::string_view name) {
  const auto ports = model.inputs();
  const auto found = std::ranges::find(ports, name, &Port::name);
  if (found == ports.end()) return no_such_input(model, name);
  return static_cast<std::size_t>(found - ports.begin());
}

// Shapes by input: "NAME=1,2,3", or "1,2,3" for the only (or first) one.
Result<std::vector<Shape>> shapes_by_input(const Model& model, const std::vector<std::string>& words) {
  std::vector<Shape> shapes(model.inputs().size());
  for (const std::string& word : words) {
    const std::size_t equals = word.rfind('=');
    std::size_t index = 0;
    if (equals != std::string::npos) {
      VIVACE_TRY(index, port_index(model, word.substr(0, equals)));
    }
    VIVACE_TRY(shapes[index],
               parse_shape(std::string_view(word).substr(equals == std::string::npos ? 0 : equals + 1)));
    if (shapes[index].size() != model.inputs()[index].dims.size())
      return Error("usage.shape",
                   text("--shape gives {} sizes, the input \"{}\" has {}", shapes[index].size(),
                        model.inputs()[index].name, model.inputs()[index].dims.size()));
  }
  return shapes;
}

class Reader {
 public:
  Reader(const Model& model, const InputOptions& options, std::vector<std::string>& notes)
      : model_(model), options_(options), notes_(notes), tensors_(model.inputs().size()) {}

  Result<std::vector<Tensor>> run() {
    VIVACE_TRY(shapes_, shapes_by_input(model_, options_.shapes));
    for (const std::string& word : options_.files) VIVACE_CHECK_OK(read_word(word));
    std::vector<Tensor> result;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      if (!tensors_[i])
        return Error("usage.input", text("there is no file for the input \"{}\"", model_.inputs()[i].name))
            .fix(text("add it: vivace predict MODEL {}=FILE", model_.inputs()[i].name));
      result.push_back(*std::move(tensors_[i]));
    }
    return result;
  }

 private:
  Status read_word(const std::string& word) {
    const std::size_t equals = word.starts_with(kLiteral) ? std::string::npos : word.find('=');
    const bool named = equals != std::string::npos && port_index(model_, word.substr(0, equals)).ok();
    const std::string file = named ? word.substr(equals + 1) : word;
    if (!named && file.ends_with(".npz")) return read_archive(file);
    if (!named && file.ends_with(".csv") && tensors_.size() > 1)
      if (const auto table = read_strings(file); names_inputs(table)) return read_table(*table);
    std::size_t index = next_;
    if (named) {
      VIVACE_TRY(index, port_index(model_, word.substr(0, equals)));
    } else {
      if (equals != std::string::npos && !word.starts_with(kLiteral) && !std::filesystem::exists(word))
        return no_such_input(model_, word.substr(0, equals));
      while (index < tensors_.size() && tensors_[index]) ++index;
      next_ = index + 1;
    }
    if (index >= tensors_.size())
      return Error("usage.input", text("\"{}\" is one file too many: the model has {} input{}", file,
                                       tensors_.size(), tensors_.size() == 1 ? "" : "s"));
    if (model_.inputs()[index].dtype == DType::string) return read_texts(index, file);
    if (file.starts_with(kLiteral))
      return Error("usage.input", text("the input \"{}\" takes {}, not text", model_.inputs()[index].name,
                                       name_of(model_.inputs()[index].dtype)));
    VIVACE_TRY(ReadTensor read, read_tensor(file));
    return fit(index, std::move(read));
  }

  // One string as it is typed, or those of a file. A table may name its column; else it is one.
  Status read_texts(std::size_t index, const std::string& word) {
    if (word.starts_with(kLiteral)) {
      const std::string_view typed[] = {std::string_view(word).substr(kLiteral.size())};
      return fit(index, {Tensor::of_strings({1}, typed), TensorSource::array});
    }
    VIVACE_TRY(Tensor strings, read_strings(word));
    if (!word.ends_with(".csv")) return fit(index, {std::move(strings), TensorSource::array});
    for (std::int64_t column = 0; column < strings.dims()[1]; ++column)
      if (std::string_view(strings.as<StringView>()[column]) == model_.inputs()[index].name)
        return fit_column(index, strings, column);
    return fit(index, {std::move(strings), TensorSource::table});
  }

  // The rows of a table below its header, one value of one column each.
  Status fit_column(std::size_t index, const Tensor& table, std::int64_t column) {
    const std::int64_t rows = table.dims()[0] - 1, width = table.dims()[1];
    std::vector<std::string_view> values;
    for (std::int64_t row = 1; row <= rows; ++row)
      values.push_back(table.as<StringView>()[row * width + column]);
    const Tensor strings = Tensor::of_strings({rows}, values);
    auto parsed = parse_strings(strings.view(), model_.inputs()[index].dtype);
    if (!parsed.ok())
      return std::move(parsed).error().within(text("column \"{}\"", model_.inputs()[index].name));
    return fit(index, {*std::move(parsed), TensorSource::table});
  }

  // A table whose header names the model's inputs: a column an input, a row a sample.
  Status read_table(const Tensor& table) {
    std::vector<std::string> ignored;
    for (std::int64_t column = 0; column < table.dims()[1]; ++column) {
      const std::string_view name = table.as<StringView>()[column];
      const auto index = port_index(model_, name);
      if (index.ok()) {
        VIVACE_CHECK_OK(fit_column(*index, table, column));
      } else {
        ignored.push_back(text("\"{}\"", name));
      }
    }
    if (!ignored.empty())
      notes_.push_back(text("the model has no input for the column{} {}", ignored.size() == 1 ? "" : "s",
                            join(ignored, ", ")));
    return {};
  }

  // Whether a file is such a table: it has a header, and that has a name of the model's.
  bool names_inputs(const Result<Tensor>& table) const {
    if (!table.ok() || table->dtype() != DType::string || table->dims().size() != 2 || table->dims()[0] < 2)
      return false;
    for (std::int64_t column = 0; column < table->dims()[1]; ++column)
      if (port_index(model_, std::string_view(table->as<StringView>()[column])).ok()) return true;
    return false;
  }

  Status read_archive(const std::string& file) {
    VIVACE_TRY(std::vector<NamedTensor> arrays, read_npz(file));
    for (auto& [name, tensor] : arrays) {
      VIVACE_TRY(const std::size_t index, port_index(model_, name));
      VIVACE_CHECK_OK(fit(index, {std::move(tensor), TensorSource::array}));
    }
    return {};
  }

  Status fit(std::size_t index, ReadTensor read) {
    const Port& port = model_.inputs()[index];
    if (read.source == TensorSource::picture && !options_.calls) {
      std::vector<std::string> notes;
      Port sized = port;
      if (model_.resizable() && !shapes_[index].empty()) sized.dims = shapes_[index];
      VIVACE_TRY(tensors_[index], picture_for(sized, read, options_.preprocess, shapes_[index], notes));
      for (const std::string& note : notes) notes_.push_back(text("input \"{}\": {}", port.name, note));
      return {};
    }
    if (options_.preprocess) {
      VIVACE_TRY(read.tensor, options_.preprocess->apply(read.tensor));
      if (is_quantised(port)) read.tensor = quantised(read.tensor.view(), port);
    }
    if (options_.calls) return fit_calls(index, read);
    VIVACE_TRY(Fitted fitted, fit_or_resize(read, port, index));
    if (!fitted.note.empty()) notes_.push_back(text("input \"{}\": {}", port.name, fitted.note));
    tensors_[index] = std::move(fitted.tensor);
    return {};
  }

  // A model that can be resized takes the sizes of --shape, else an array's own where they are not its own.
  Result<Fitted> fit_or_resize(const ReadTensor& read, Port port, std::size_t index) {
    const Shape& shape = shapes_[index];
    if (model_.resizable() && !shape.empty()) port.dims = shape;
    auto fitted = fit_to_input(read, port, shape);
    const std::size_t rank = read.tensor.dims().size();
    if (fitted.ok() || fitted.error().id() != "predict.shape" || !model_.resizable() || !shape.empty() ||
        rank == 0 || rank != port.dims.size())
      return fitted;
    port.dims.assign(rank, -1);
    return fit_to_input(read, port, shape);
  }

  // Each call's part is fitted to the input by itself.
  Status fit_calls(std::size_t index, const ReadTensor& read) {
    const std::string& name = model_.inputs()[index].name;
    const std::int64_t calls = read.tensor.dims().empty() ? 0 : read.tensor.dims()[0];
    if (calls_ == 0) calls_ = calls;
    if (calls == 0 || calls != calls_)
      return Error("usage.calls", text("the file for \"{}\" holds {} calls, {} are wanted", name, calls,
                                       std::max<std::int64_t>(calls_, 1)))
          .why("with --calls the first axis of every file counts calls of the model")
          .fix("give every input as many calls, or leave --calls out");
    std::vector<Tensor> parts;
    for (std::int64_t call = 0; call < calls; ++call) {
      VIVACE_TRY(Fitted fitted,
                 fit_or_resize({part_of(read.tensor, call), read.source}, model_.inputs()[index], index));
      parts.push_back(std::move(fitted.tensor));
    }
    tensors_[index] = stacked(parts);
    return {};
  }

  const Model& model_;
  const InputOptions& options_;
  std::vector<std::string>& notes_;
  std::vector<std::optional<Tensor>> tensors_;
  std::vector<Shape> shapes_;
  std::size_t next_ = 0;
  std::int64_t calls_ = 0;
};

}  // namespace

Result<std::vector<Tensor>> read_inputs(const Model& model, const InputOptions& options,
                                        std::vector<std::string>& notes) {
  return Reader(model, options, notes).run();
}

Status resize(Model& model, const std::filesystem::path& path, const Options& options,
              std::span<const Tensor> inputs, bool calls) {
  if (!model.resizable()) return {};
  Options sized = options;
  bool differs = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Port& port = model.inputs()[i];
    const Shape dims(inputs[i].dims().begin() + (calls ? 1 : 0), inputs[i].dims().end());
    for (std::size_t axis = 0; axis < dims.size(); ++axis)
      differs |= port.dims[axis] >= 0 && port.dims[axis] != dims[axis];
    sized.input_sizes.emplace_back(port.name, dims);
  }
  if (!differs) return {};
  VIVACE_TRY(model, Model::open(path, sized));
  return {};
}

Result<std::vector<Tensor>> noise_inputs(const Model& model, const std::vector<std::string>& shapes,
                                         std::int64_t batch) {
  VIVACE_TRY(const std::vector<Shape> given, shapes_by_input(model, shapes));
  std::vector<Tensor> tensors;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < model.inputs().size(); ++i) {
    const Port& port = model.inputs()[i];
    Shape dims = port.dims;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      if (axis < given[i].size())
        dims[axis] = given[i][axis];
      else if (dims[axis] < 0)
        dims[axis] = axis == 0 ? batch : 1;
    }
    Tensor tensor(port.dtype, dims);
    for (std::int64_t k = 0; k < tensor.count(); ++k) {
      if (port.dtype == DType::string) tensor.as<StringView>()[k] = kSomeText;
      state = state * 1664525u + 1013904223u;
      if (port.dtype == DType::f32) tensor.as<float>()[k] = static_cast<float>(state >> 8) * 0x1p-23f - 1.0f;
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

}  // namespace vivace::cli
