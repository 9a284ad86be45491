//! Texts that are few: each is kept once, and whoever has one has its number.

/// A column of such texts.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: Vec<String>,
    of: Vec<u16>,
}

/// Different texts at the most: all further ones are as good as none.
const MOST: usize = 1 << 12;

impl Names {
    /// Takes the text of the next entry; an empty one for none.
    pub fn push(&mut self, name: &str) {
        let known = self.of.last().map(|last| *last as usize).filter(|last| self.get(*last) == name);
        let known = known.or_else(|| self.all().position(|known| known == name));
        let number = known.unwrap_or_else(|| {
            if self.names.len() >= MOST {
                return 0;
            }
            self.names.push(name.to_owned());
            self.names.len()
        });
        self.of.push(number as u16);
    }

    /// The text with this number.
    pub fn get(&self, number: usize) -> &str {
        number.checked_sub(1).and_then(|at| self.names.get(at)).map_or("", String::as_str)
    }

    /// Every text, by number: the first, of number 0, is that of entries without one.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        core::iter::once("").chain(self.names.iter().map(String::as_str))
    }

    /// For each entry the number of its text.
    pub fn numbers(&self) -> &[u16] {
        &self.of
    }
}
