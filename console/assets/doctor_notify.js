// The platform's subscribe button. The page loads its script before this file, inside the platform's app only.
const place = document.getElementById("notice-button");
const show = (id) => {
  document.getElementById(id).hidden = false;
};

if (place && window.wx) {
  const { app, time, nonce, signature, template } = place.dataset;
  window.wx.config({ appId: app, timestamp: Number(time), nonceStr: nonce, signature, jsApiList: ["checkJsApi"], openTagList: ["wx-open-subscribe"] });
  window.wx.error(() => show("notice-old"));
  const button = document.createElement("wx-open-subscribe");
  button.setAttribute("template", template);
  const look = document.createElement("script");
  look.type = "text/wxtag-template";
  look.textContent = '<style>.b{width:100%;min-height:48px;border:0;border-radius:10px;background:#0f6f6b;color:#fff;font-size:16px}</style><button class="b">订阅通知</button>';
  button.append(look);
  button.addEventListener("success", (event) => {
    const answers = JSON.parse(event.detail?.subscribeDetails ?? "{}");
    const answer = JSON.parse(answers[template] ?? "{}");
    show(answer.status === "accept" ? "notice-yes" : "notice-no");
  });
  button.addEventListener("error", () => show("notice-old"));
  place.append(button);
} else if (place) {
  show("notice-old");
}
