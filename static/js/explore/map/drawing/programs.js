// Small pieces of WebGL2: programs, buffers that are sent once, textures.

function shader(gl, kind, source) {
  const made = gl.createShader(kind);
  gl.shaderSource(made, source);
  gl.compileShader(made);
  return made;
}

/** -> {program, at: uniform name -> place}; throws what the driver says against it. */
export function programOf(gl, vertex, fragment) {
  const program = gl.createProgram();
  gl.attachShader(program, shader(gl, gl.VERTEX_SHADER, vertex));
  gl.attachShader(program, shader(gl, gl.FRAGMENT_SHADER, fragment));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(gl.getProgramInfoLog(program) || "The graphics card refused a program.");
  const at = {};
  for (let place = 0; place < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); place += 1) {
    const { name } = gl.getActiveUniform(program, place);
    at[name] = gl.getUniformLocation(program, name);
  }
  return { program, at };
}

/** An attribute whose values are sent when they are others than those before. */
export function attribute(gl, place, { width, type, normalized = false }) {
  const buffer = gl.createBuffer();
  let sent = null;
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.vertexAttribPointer(place, width, type, normalized, 0, 0);
  return {
    /** values: null: `otherwise` for every row. */
    send(values, otherwise = 0) {
      if (values) gl.enableVertexAttribArray(place);
      else {
        gl.disableVertexAttribArray(place);
        gl.vertexAttrib1f(place, otherwise);
      }
      if (!values || values === sent) return;
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
      sent = values;
    },
  };
}

function plainTexture(gl) {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, gl.NEAREST);
  for (const way of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, way, gl.CLAMP_TO_EDGE);
  return texture;
}

/** Colours by code, 256 on a line. */
export function paletteTexture(gl) {
  const texture = plainTexture(gl);
  let sent = null;
  return {
    use(bytes) {
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      if (bytes === sent) return;
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, bytes.length / 1024, 0, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
      sent = bytes;
    },
  };
}

/** Rows to draw instead of all, sent when they are others than those before. */
export function rowList(gl) {
  const buffer = gl.createBuffer();
  let sent = null;
  return {
    use(rows) {
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffer);
      if (rows !== sent) gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, rows, gl.DYNAMIC_DRAW);
      sent = rows;
    },
  };
}

/** Sums that the processor has made: r, g, b, n per cell. */
export function sumTexture(gl) {
  const texture = plainTexture(gl);
  return {
    use({ columns, lines, sums }) {
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, columns, lines, 0, gl.RGBA, gl.FLOAT, sums);
    },
  };
}

/** A picture of sums, drawn into by adding; null where the card cannot add floats. */
export function sumTarget(gl) {
  const whole = gl.getExtension("EXT_color_buffer_float") && gl.getExtension("EXT_float_blend");
  const half = !whole && (gl.getExtension("EXT_color_buffer_half_float") || gl.getExtension("EXT_color_buffer_float"));
  if (!whole && !half) return null;
  const texture = plainTexture(gl);
  const frame = gl.createFramebuffer();
  const format = whole ? gl.RGBA32F : gl.RGBA16F;
  let [width, height] = [0, 0];
  return {
    begin(columns, lines) {
      gl.bindTexture(gl.TEXTURE_2D, texture);
      if (columns !== width || lines !== height) {
        [width, height] = [columns, lines];
        gl.texImage2D(gl.TEXTURE_2D, 0, format, width, height, 0, gl.RGBA, gl.FLOAT, null);
      }
      gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    },
    use: () => gl.bindTexture(gl.TEXTURE_2D, texture),
  };
}
