/** What a promise gives, or a rejection when that takes longer. The work itself goes on: nobody can stop a query from here. */
export const soon = async <T>(asked: Promise<T>, patience: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("too late")), patience);
  });
  try {
    return await Promise.race([asked, tooLate]);
  } finally {
    clearTimeout(timer);
  }
};
