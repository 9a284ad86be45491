// Sizes and places that are known at run time only, set where a strict policy of content allows it: not as an attribute.
import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

class Styled extends Directive {
  render(_properties: Readonly<Record<string, string>>): unknown {
    return noChange;
  }

  override update({ element }: ElementPart, [properties]: [Readonly<Record<string, string>>]): unknown {
    const { style } = element as HTMLElement;
    for (const [name, value] of Object.entries(properties)) {
      if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
    }
    return noChange;
  }
}

/** Sets properties of style on an element: `<div ${styled({ width: "3px" })}>`. */
export const styled = directive(Styled);
