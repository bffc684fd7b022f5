"""The names a model file may use: Keras layers that only compute, and what configures them.

Absent on purpose: layers that hold code (Lambda), that read files or other models (TFSMLayer, TextVectorization,
StringLookup, IntegerLookup, TorchModuleWrapper ...), and everything that is not Keras' own.
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Outside training these hand on what they get.
AUGMENTATION = _names("""
    AugMix CutMix MixUp RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast
    RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert
    RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation
    RandomZoom
""")

LAYERS = AUGMENTATION | _names("""
    InputLayer Dense Activation Identity Masking EinsumDense Embedding Dropout SpatialDropout1D SpatialDropout2D
    SpatialDropout3D AlphaDropout GaussianDropout GaussianNoise ActivityRegularization
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D
    DepthwiseConv1D DepthwiseConv2D
    ReLU LeakyReLU PReLU ELU Softmax
    MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
    AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
    AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D
    BatchNormalization LayerNormalization GroupNormalization RMSNormalization UnitNormalization SpectralNormalization
    Add Subtract Multiply Average Maximum Minimum Concatenate Dot
    Flatten Reshape Permute RepeatVector Cropping1D Cropping2D Cropping3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
    UpSampling1D UpSampling2D UpSampling3D
    Attention AdditiveAttention MultiHeadAttention GroupQueryAttention
    RNN LSTM GRU SimpleRNN LSTMCell GRUCell SimpleRNNCell StackedRNNCells Bidirectional TimeDistributed
    ConvLSTM1D ConvLSTM2D ConvLSTM3D
    Rescaling Normalization Resizing CenterCrop RandomCrop Pipeline
    AutoContrast Equalization Solarization
""")
MODELS = _names("Functional Model Sequential")

# Keras' own special layers of keras.applications, by the module they are saved with.
APPLICATION_LAYERS = {
    "LayerScale": "keras.src.applications.convnext",
    "StochasticDepth": "keras.src.applications.convnext",
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
}

# The layer of Keras 2 that this package computes, as Keras 3 has none: its module, and the name Keras finds it by.
OLD_LAYERS = "innv_gui.runtimes.keras.networks.keras2_layers"
LOCALLY_CONNECTED = "innv_gui>LocallyConnected2D"

# Operations on tensors that a functional graph records as nodes of their own: `x * 2`, `ops.relu(x)`, `x[:, 0]`.
OPS = {
    "keras.src.ops.numpy": _names("""
        Abs Absolute Add All Amax Amin Any Argmax Average BroadcastTo Ceil Clip Concatenate Cos Cosh Divide
        DivideNoNan Einsum Equal Exp ExpandDims Expm1 Flip Floor FloorDivide FullLike GetItem Greater GreaterEqual
        Less LessEqual Log Log10 Log1p Log2 LogicalAnd LogicalNot LogicalOr Matmul Max Maximum Mean Median Min
        Minimum Mod Moveaxis Multiply Negative NotEqual OnesLike Outer Pad Power Prod Reciprocal Repeat Reshape Roll
        Round Sign Sin Sinh Sort Split Sqrt Square Squeeze Stack Std Subtract Sum Swapaxes Take TakeAlongAxis Tan
        Tanh Tensordot Tile Transpose TrueDivide Var Where ZerosLike
    """),
    "keras.src.ops.nn": _names("""
        AdaptiveAveragePool AdaptiveMaxPool AveragePool BatchNorm Celu Conv ConvTranspose DepthToSpace DepthwiseConv
        DotProductAttention Elu Gelu Glu HardShrink HardSigmoid HardSilu HardTanh LayerNorm LeakyRelu LogSigmoid
        LogSoftmax MaxPool Moments Normalize OneHot RMSNorm Relu Relu6 Selu SeparableConv Sigmoid Silu SoftShrink
        Softmax Softplus Softsign SpaceToDepth SparsePlus SparseSigmoid Sparsemax Squareplus TanhShrink Threshold
    """),
    "keras.src.ops.core": _names("Cast StopGradient Slice Unstack"),
    "keras.src.ops.math": _names("Erf Logsumexp Rsqrt TopK SegmentSum SegmentMax"),
    "keras.src.ops.image": _names("CropImages PadImages Resize RGBToGrayscale"),
}

INITIALIZERS = _names("""
    Zeros Ones Constant Identity Orthogonal RandomNormal RandomUniform TruncatedNormal VarianceScaling
    GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform
""")
REGULARIZERS = _names("L1 L2 L1L2 OrthogonalRegularizer")
CONSTRAINTS = _names("MaxNorm MinMaxNorm NonNeg UnitNorm")
POLICIES = _names("DTypePolicy Policy")
ACTIVATIONS = _names("""
    relu relu6 leaky_relu softmax celu elu selu softplus softsign squareplus soft_shrink sparse_plus silu swish gelu
    glu tanh tanh_shrink threshold sigmoid sparse_sigmoid exponential hard_sigmoid hard_silu hard_swish hard_tanh
    hard_shrink linear mish log_softmax log_sigmoid sparsemax
""")

ACTIVATION_KEYS = ("activation", "recurrent_activation", "hidden_activation")
ANY_LAYER = LAYERS | {"LocallyConnected2D"}

# Values that JSON has no form for; they hold numbers and text only.
PLAIN_VALUES = _names("__tuple__ __slice__ __ellipsis__ __numpy__ __tensor__ __keras_tensor__ TensorShape")

# Modules that a class may name, per kind. None or no module at all is how older Keras wrote its own layers.
_LAYER_MODULES = _names("keras.layers tf_keras.layers tensorflow.keras.layers") | _names("""
    keras.layers.experimental keras.layers.experimental.preprocessing
    tf_keras.layers.experimental tf_keras.layers.experimental.preprocessing
""")
_OF_TENSORFLOW = _names("tensorflow.python.ops.init_ops_v2 tensorflow.python.ops.init_ops")
_MODEL_MODULES = _names("""
    keras keras.models keras.src.models.functional keras.src.models.sequential keras.src.models.model
    keras.src.engine.functional keras.src.engine.sequential keras.src.engine.training keras.engine.functional
    keras.engine.sequential tf_keras tf_keras.models tf_keras.src.engine.functional tf_keras.src.engine.sequential
""")
_POLICY_MODULES = _names("keras keras.dtype_policies keras.mixed_precision tf_keras.mixed_precision")
FUNCTION_MODULES = _names("builtins keras.activations tf_keras.activations")

# (class names, modules a file may name, the module that is loaded: never the file's own word)
_KINDS = (
    (LAYERS, _LAYER_MODULES, "keras.layers"),
    (frozenset({"Functional"}), _MODEL_MODULES, "keras.src.models.functional"),
    (MODELS, _MODEL_MODULES, "keras"),
    (INITIALIZERS, _names("keras.initializers tf_keras.initializers") | _OF_TENSORFLOW, "keras.initializers"),
    (REGULARIZERS, _names("keras.regularizers tf_keras.regularizers"), "keras.regularizers"),
    (CONSTRAINTS, _names("keras.constraints tf_keras.constraints"), "keras.constraints"),
    (POLICIES, _POLICY_MODULES, "keras"),
)


def module_of(class_name: str, module: str | None) -> str | None:
    """The module to load an allowed class from, or None when the class (or the module it names) is not allowed.

    module None: the first Keras class of that name is meant, as in older files.
    """
    if module is not None and class_name in OPS.get(module, ()):
        return module
    if class_name == "LocallyConnected2D":
        return module if module == OLD_LAYERS else None
    if class_name in APPLICATION_LAYERS and module == APPLICATION_LAYERS[class_name]:
        return module
    for names, modules, canonical in _KINDS:
        if class_name in names and (module is None or module in modules):
            return canonical
    return None
