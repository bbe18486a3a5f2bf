/** Names for people who don't exist, the same ones every time. */
const GIVEN = (
  'Amara Yuki Mateo Priya Lars Fatima Somchai Chloé Kwame Ingrid Rafael Mei Tomasz Leila Anjali Diego ' +
  'Siobhán Nattaya Emre Freja Kofi Hana Luca Zainab Viktor Marisol Thabo Aiko Pavel Nour Jonas Ayşe ' +
  'Rohan Elif Gabriel Wanjiru Min-jun Astrid Omar Catalina'
).split(' ');
const FAMILY = (
  'Okafor Tanaka García Sharma Lindqvist Haddad Srisai Dubois Mensah Nielsen Silva Chen Kowalski ' +
  'Rahimi Iyer Morales O’Brien Chaiyasit Yılmaz Andersen Asante Suzuki Romano Bello Petrov Vargas ' +
  'Nkosi Watanabe Novák Khalil Weber Demir Mehta Santos Moreau Kamau Kim Johansson Farouk Rojas Nguyen'
).split(' ');

/** The number-th name, from 0: all different below 1,640, then over again. */
export function nameOf(number: number): { readonly firstName: string; readonly lastName: string } {
  // The lists' lengths have no common factor, so stepping through both meets every pair before one comes again.
  const firstName = GIVEN[number % GIVEN.length];
  const lastName = FAMILY[number % FAMILY.length];
  if (firstName === undefined || lastName === undefined)
    throw new RangeError(`no name has the number ${number}`);
  return { firstName, lastName };
}
