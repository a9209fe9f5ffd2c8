// Layers and networks out of a config.
#include "import/keras/read/reader.h"

#include <map>
#include <tuple>

#include "base/text.h"
#include "base/try.h"
#include "import/keras/build/activation.h"
#include "import/keras/build/rule.h"
#include "import/keras/common_entries.h"
#include "import/keras/lambda/expression.h"
#include "import/keras/read/modernise.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;
constexpr int kDeepest = 32;
constexpr std::size_t kMostLayers = 200'000;

const Setting* map_at(const Setting& map, std::string_view key) {
  const Setting* found = map.find(key);
  return found && found->is(Kind::map) ? found : nullptr;
}

std::string text_at(const Setting& map, std::string_view key) {
  const Setting* found = map.find(key);
  return found && found->is(Kind::text) ? found->text : std::string();
}

Error bad_config(std::string what) {
  return Error("import.config", std::move(what))
      .why("a Keras config always holds this; the file was edited or damaged")
      .fix("save the model again from Keras: model.save(\"model.keras\")");
}

bool is_network(std::string_view class_name) {
  return class_name == "Sequential" || class_name == "Functional" || class_name == "Model";
}

enum class Form { other, sequential, functional };

// Classes of somebody's own that are built from layers say so in their config: a training loop of one's own
// (train_step) is the common reason for such a class.
Form form_of(const Setting& record) {
  const std::string class_name = text_at(record, "class_name");
  if (class_name == "Sequential") return Form::sequential;
  if (is_network(class_name)) return Form::functional;
  const Setting* config = map_at(record, "config");
  const Setting* layers = config ? config->find("layers") : nullptr;
  if (!layers || !layers->is(Kind::list) || layers->items.empty() || find_layer_rule(class_name))
    return Form::other;
  for (const Setting& layer : layers->items)
    if (!map_at(layer, "config") || text_at(layer, "class_name").empty()) return Form::other;
  if (config->find("input_layers") && config->find("output_layers")) return Form::functional;
  const bool starts = text_at(layers->items.front(), "class_name") == "InputLayer";
  return starts || config->find("build_input_shape") ? Form::sequential : Form::other;
}

class Reader {
 public:
  Reader(Trouble& trouble, Reading& reading, const LambdaTexts& lambdas)
      : trouble_(trouble), reading_(reading), lambdas_(lambdas), used_(lambdas.size()) {}

  /// import.lambda-map where a function was given for a layer that is not there.
  Status every_lambda_used() const {
    for (std::size_t i = 0; i < lambdas_.size(); ++i) {
      if (used_[i]) continue;
      const std::vector<std::string_view> known(seen_.begin(), seen_.end());
      const std::string& name = lambdas_[i].first;
      return Error("import.lambda-map",
                   text("there is no Lambda layer \"{}\"{}", name, did_you_mean(name, known)))
          .why(seen_.empty() ? std::string("the model has no Lambda layer")
                             : text("its Lambda layers are {}", join(seen_, ", ")))
          .fix("--map-lambda NAME=FUNCTION takes the name that vivace inspect shows");
    }
    return {};
  }

  Result<std::unique_ptr<Network>> network(const Setting& record, const std::string& place, int depth) {
    if (depth > kDeepest)
      return Error("import.depth", text("models nested more than {} deep", kDeepest)).at(place);
    auto net = std::make_unique<Network>();
    net->sequential = form_of(record) == Form::sequential;
    note_own_class(text_at(record, "class_name"));
    const Setting* config = record.find("config");
    const Setting* layers = config && config->is(Kind::list) ? config
                            : config                         ? config->find("layers")
                                                             : nullptr;
    if (config) net->name = text_at(*config, "name");
    (void)Config(config, text("model \"{}\"", net->name), &trouble_).flag("trainable", true);
    if (!layers || !layers->is(Kind::list))
      return bad_config(text("the config of the model \"{}\" lacks \"layers\"", net->name));
    for (const Setting& item : layers->items) {
      if (!item.is(Kind::map))
        return bad_config(text("the model \"{}\" has a layer that is {}", net->name, to_text(item)));
      VIVACE_TRY(auto made, layer(item, place, depth));
      if (net->find(made->name)) return bad_config(text("two layers are called \"{}\"", made->path));
      net->layers.push_back(std::move(made));
    }
    if (net->sequential) {
      VIVACE_CHECK_OK(chain(*net, *config, trouble_));
    } else {
      const Setting *ins = config->find("input_layers"), *outs = config->find("output_layers");
      for (const auto& [key, list, ends] : {std::tuple("input_layers", ins, &net->inputs),
                                            std::tuple("output_layers", outs, &net->outputs)}) {
        if (list) *ends = read_references(*list);
        if (tensors_of(*ends).empty())
          return bad_config(text("the model \"{}\" has {}={}, which name no layer", net->name, key,
                                 list ? to_text(*list) : "nothing"));
      }
    }
    return net;
  }

 private:
  void note_own_class(const std::string& class_name) {
    if (!is_network(class_name))
      reading_.warnings.push_back(text(
          "{} is a class of the program that made the file: its layers run as the config lists them, and a "
          "call() of its own is not known",
          class_name));
  }

  Result<std::unique_ptr<Layer>> layer(const Setting& record, const std::string& place, int depth) {
    if (++layers_ > kMostLayers) return Error("import.limit", text("more than {} layers", kMostLayers));
    auto made = std::make_unique<Layer>();
    made->class_name = text_at(record, "class_name");
    made->saved_class = text_at(record, kSavedClass);
    if (const Setting* id = record.find("shared_object_id"); id && id->is(Kind::integer))
      made->shared_object = id->integer;
    const Setting* config = map_at(record, "config");
    const bool list_model = made->class_name == "Sequential" && record.find("config");
    if (made->class_name.empty() || (!config && !list_model))
      return bad_config(
          text("a layer of \"{}\" lacks its class_name or config", place.empty() ? "the model" : place));
    made->name = text_at(record, "name");
    if (made->name.empty() && config) made->name = text_at(*config, "name");
    if (made->name.empty()) made->name = text("{}_{}", snake_case(made->class_name), layers_);
    made->path = place.empty() ? made->name : place + "/" + made->name;
    made->config = Config(config, text("layer \"{}\"", made->path), &trouble_);
    made->trainable = made->config.flag("trainable", true);
    if (const Setting* build = map_at(record, "build_config"))
      if (const Setting* shape = build->find("input_shape")) made->build_shape = *shape;
    if (const Setting* nodes = record.find("inbound_nodes"))
      for (const Setting& node : nodes->items) made->calls.push_back(read_invocation(node));
    VIVACE_CHECK_OK(fill(*made, record, depth));
    return made;
  }

  Status fill(Layer& layer, const Setting& record, int depth) {
    if (form_of(record) != Form::other) {
      VIVACE_TRY(layer.network, network(record, layer.path, depth + 1));
      return {};
    }
    find_rule(layer, record);
    if (layer.rule || layer.class_name == "InputLayer") check_common_entries(layer.config);
    if (layer.class_name == "Lambda") {
      VIVACE_CHECK_OK(map_lambda(layer));
    }
    VIVACE_CHECK_OK(children(layer, depth));
    declare_weights(layer);
    survey(layer);
    return {};
  }

  Status map_lambda(Layer& layer) {
    seen_.push_back(layer.path);
    for (std::size_t i = 0; i < lambdas_.size(); ++i) {
      if (lambdas_[i].first != layer.name && lambdas_[i].first != layer.path) continue;
      auto function = parse_function(lambdas_[i].second);
      if (!function.ok()) return std::move(function).error().at(text("layer \"{}\"", layer.path));
      layer.function = std::make_shared<const LambdaFunction>(*std::move(function));
      used_[i] = true;
    }
    return {};
  }

  // Only Keras 3 writes calls as maps of their arguments.
  static bool called_in_keras3(const Setting& record) {
    const Setting* nodes = record.find("inbound_nodes");
    return nodes && !nodes->items.empty() && nodes->items.front().is(Kind::map);
  }

  // In Keras 3's HDF5 files operations come without their module; they lack what every layer has.
  void find_rule(Layer& layer, const Setting& record) {
    const std::string module = text_at(record, "module");
    const bool marked = module.rfind("keras.src.ops", 0) == 0 || module.rfind("keras.ops", 0) == 0;
    if (layer.class_name == "TFOpLambda" || layer.class_name == "SlicingOpLambda")
      layer.rule = find_function_rule(layer.config.text("function"));
    else
      layer.rule = marked || foreign(module) ? nullptr : find_layer_rule(layer.class_name);
    const bool bare = module.empty() && !layer.config.raw("trainable") && called_in_keras3(record);
    const Rule* operation = marked || bare ? find_operation_rule(layer.class_name) : nullptr;
    layer.operation = marked || (operation && (!layer.rule || called_as_operation(layer.calls[0])));
    if (layer.operation) layer.rule = operation;
    layer.autocast = !layer.operation && !is_function(layer.class_name);
  }

  // The layers that Keras 2 puts around TensorFlow's functions leave the types of their operands alone.
  static bool is_function(std::string_view class_name) {
    for (const std::string_view name : {"TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod",
                                        "InstanceMethod", "InstanceProperty"})
      if (class_name == name) return true;
    return false;
  }

  // Somebody's own class, whatever it is called.
  static bool foreign(const std::string& module) {
    return !module.empty() && module.rfind("keras", 0) != 0 && module.rfind("tf_keras", 0) != 0 &&
           module.rfind("tensorflow", 0) != 0;
  }

  // A merging layer takes one list, an operation its operands.
  static bool called_as_operation(const Invocation& call) {
    return call.positional.size() != 1 || !call.positional[0].is(Kind::list);
  }

  Status children(Layer& layer, int depth) {
    if (layer.class_name == "Bidirectional") return two_ways(layer, depth);
    if (layer.class_name == "TimeDistributed" || layer.class_name == "SpectralNormalization")
      return child(layer, layer.config.find("layer"), "layer", depth);
    if (layer.class_name == "RNN") return child(layer, layer.config.find("cell"), "cell", depth);
    if (layer.class_name == "StackedRNNCells") return listed(layer, "cells", "cells", depth);
    if (layer.class_name == "Pipeline") return listed(layer, "layers", "_pipeline_layers", depth);
    return {};
  }

  // A list of layers: Keras stores their weights by class, the second of a class as class_1.
  Status listed(Layer& layer, std::string_view key, std::string_view attribute, int depth) {
    const Setting* list = layer.config.find(key);
    std::map<std::string, int> seen;
    for (std::size_t i = 0; list && i < list->items.size(); ++i) {
      const std::string name = snake_case(text_at(list->items[i], "class_name"));
      const int before = seen[name]++;
      VIVACE_CHECK_OK(child(layer, &list->items[i],
                            text("{}/{}", attribute, before ? text("{}_{}", name, before) : name), depth));
    }
    return {};
  }

  Status child(Layer& layer, const Setting* record, std::string attribute, int depth) {
    if (!record || !record->is(Kind::map))
      return bad_config(text("layer \"{}\" lacks its \"{}\"", layer.path, attribute));
    if (depth >= kDeepest)
      return Error("import.depth", text("layers nested more than {} deep", kDeepest)).at(layer.path);
    VIVACE_TRY(auto made, this->layer(*record, layer.path, depth + 1));
    made->attribute = std::move(attribute);
    layer.children.push_back(std::move(made));
    return {};
  }

  // The backward layer is a copy that runs the other way, unless the file brings one of its own. Keras makes
  // both give zeros at masked steps where they give sequences.
  Status two_ways(Layer& layer, int depth) {
    const Setting* given = layer.config.find("layer");
    const Setting* own = layer.config.find("backward_layer");
    if (!given || !map_at(*given, "config"))
      return bad_config(text("layer \"{}\" lacks its \"layer\"", layer.path));
    if (own && !map_at(*own, "config"))
      return bad_config(
          text("layer \"{}\" has backward_layer={}, which is no layer", layer.path, to_text(*own)));
    for (const bool backward : {false, true}) {
      const Setting* source = backward && own ? own : given;
      auto& copy = *reading_.copies.emplace_back(std::make_unique<Setting>(*source));
      Setting* config = const_cast<Setting*>(copy.find("config"));
      const Config read(config, layer.config.place(), &trouble_);
      check_common_entries(read);
      const bool turned = read.flag("go_backwards", false) != (backward && source == given);
      set(*config, "go_backwards", turned);
      set(*config, "zero_output_for_mask", read.flag("return_sequences", false));
      VIVACE_CHECK_OK(child(layer, &copy, backward ? "backward_layer" : "forward_layer", depth));
      layer.children.back()->path = layer.path + (backward ? "/backward" : "/forward");
      if (source == given && backward) layer.children.back()->shared_object = 0;
    }
    return {};
  }

  static void set(Setting& map, const std::string& key, bool value) {
    const Setting flag = Setting::of(value);
    for (std::size_t i = 0; i < map.keys.size(); ++i)
      if (map.keys[i] == key) return void(map.items[i] = flag);
    map.keys.push_back(key);
    map.items.push_back(flag);
  }

  void refuse(const Layer& layer, std::string reason, std::string fix) {
    unsupported_.push_back({layer.class_name + " " + layer.path, std::move(reason), std::move(fix)});
  }

  void survey(const Layer& layer);

  Trouble& trouble_;
  Reading& reading_;
  std::vector<Unsupported>& unsupported_ = reading_.unsupported;
  const LambdaTexts& lambdas_;
  std::vector<bool> used_;         // of the functions given
  std::vector<std::string> seen_;  // Lambda layers of the model
  std::size_t layers_ = 0;
};

std::string nearest_layer(std::string_view name) {
  std::vector<std::string_view> known;
  for (const auto& family : layer_families())
    for (const Rule& rule : family) known.push_back(rule.class_name);
  return did_you_mean(name, known);
}

// Notes what stands in the way of an import. The whole config is read before anything is refused, so that a
// person sees all of it at once.
void Reader::survey(const Layer& layer) {
  if (layer.class_name == "InputLayer") return;
  if (layer.class_name == "Lambda") {
    if (layer.function) return;
    return refuse(
        layer, "it holds Python code, and code in a model is never run",
        text("say what it computes, as in --map-lambda \"{}=x / 127.5 - 1\"; or replace it by layers "
             "(keras.layers.Rescaling, Reshape, ...) and save again",
             layer.name));
  }
  if (!layer.rule) {
    const std::string_view function = layer.config.text("function");
    if (!function.empty())
      return refuse(layer, text("the function {} is not known", function), "use a Keras layer in its place");
    return refuse(layer, text("the class is not known{}", nearest_layer(layer.class_name)),
                  "build the model from Keras's own layers, or export it: model.export(\"model\")");
  }
  if (layer.rule->refusal)
    if (const std::string_view reason = layer.rule->refusal(layer.config); !reason.empty())
      refuse(layer, std::string(reason), "build the layer without it and save again");
  for (const std::string_view key : {"activation", "recurrent_activation"})
    if (const Setting* found = layer.config.find(key);
        found && found->is(Kind::text) && !is_activation(found->text))
      refuse(layer, text("the activation {} is not known", found->text),
             "use one of Keras's own activations");
}

}  // namespace

Result<Reading> read_model(const Setting& root, Trouble& trouble, const LambdaTexts& lambdas) {
  const std::string class_name = text_at(root, "class_name");
  if (form_of(root) == Form::other && !is_network(class_name))
    return Error("import.not-a-model",
                 class_name.empty()
                     ? std::string("the config holds no model")
                     : text("the config describes a {}, not a Sequential or Functional model", class_name))
        .why("a subclassed model is Python code; its file does not tell what it computes")
        .fix("build it with the functional API, or export it: model.export(\"model\")");
  Reading reading;
  Reader reader(trouble, reading, lambdas);
  VIVACE_TRY(reading.network, reader.network(root, "", 0));
  VIVACE_CHECK_OK(reader.every_lambda_used());
  VIVACE_CHECK_OK(trouble.status());
  return reading;
}

}  // namespace vivace::keras
