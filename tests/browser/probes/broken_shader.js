// A driver that does not compile the models' shader.
const { shaderSource } = WebGL2RenderingContext.prototype;
WebGL2RenderingContext.prototype.shaderSource = function (shader, text) {
  shaderSource.call(this, shader, text.includes("bim_place") ? "nonsense" : text);
};
