// What Teams draws around a dialog, in little: a card in a window over the page, with Microsoft's own renderer. Called with what the bot answered; null closes it.
window.showDialog = (shown) => {
  document.querySelector("#teams-dialog")?.remove();
  if (shown === null) return;
  const { title, card, text } = shown;
  const made = (name, properties) => Object.assign(document.createElement(name), properties);
  const dialog = made("dialog", { id: "teams-dialog" });
  dialog.append(made("style", { textContent: style }), made("h2", { textContent: title }));
  dialog.append(card ? drawn(card) : made("p", { textContent: text }));
  document.body.append(dialog);
  dialog.showModal();
};

const drawn = (card) => {
  const adaptive = new window.AdaptiveCards.AdaptiveCard();
  adaptive.hostConfig = new window.AdaptiveCards.HostConfig({
    fontFamily: "inherit",
    spacing: { padding: 0 },
    actions: { actionsOrientation: "horizontal", actionAlignment: "left", buttonSpacing: 8 },
  });
  adaptive.parse(card);
  adaptive.onExecuteAction = (action) => window.teamsSubmit(action.data);
  return adaptive.render();
};

const style = `
  #teams-dialog { width: 560px; padding: 20px 24px 24px; border: 0; border-radius: 8px; box-shadow: 0 8px 32px #0006; font: 14px "Segoe UI", sans-serif; }
  #teams-dialog h2 { margin: 0 0 16px; font-size: 18px; }
  #teams-dialog .ac-adaptiveCard { outline: none; }
  #teams-dialog .ac-input { width: 100%; padding: 8px; border: 1px solid #d1d1d1; border-radius: 4px; font: inherit; }
  #teams-dialog .ac-pushButton { padding: 6px 16px; border: 1px solid #d1d1d1; border-radius: 4px; background: #fff; font: inherit; font-weight: 600; }
  #teams-dialog .ac-pushButton.style-positive, #teams-dialog .ac-pushButton.style-destructive { color: #fff; border: 0; background: #5b5fc7; }
  #teams-dialog .ac-pushButton.style-destructive { background: #c4314b; }
`;
