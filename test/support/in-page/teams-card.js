// Draws `given.card` into the frame of the page. A mention is the name it stands for; nothing else of Markdown is ours.
(() => {
  const { AdaptiveCard, HostConfig } = window.AdaptiveCards;
  const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  AdaptiveCard.onProcessMarkdown = (text, result) => {
    const named = /&#60;at&#62;(.*?)&#60;\/at&#62;/g;
    result.outputHtml = escaped(text).replace(named, '<span class="mention">$1</span>');
    result.didProcess = true;
  };
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig(given.hostConfig);
  card.parse(given.card);
  document.querySelector(".post, .modal").append(card.render());
})();
